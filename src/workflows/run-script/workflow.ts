import { workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { onAServer } from "./on-a-server.ts";
import { scriptStart } from "./start.ts";

/** Runs a script on many servers, a few at a time; what failed is tried again by itself, what is done is not. */
export default ({ connections, kits }: Pick<Host, "connections" | "kits">) =>
  workflow(
    "run-script",
    "Run a script on servers",
    "Runs a script on as many of your servers as you choose, a few at a time, and shows each: its log, how far it is and how it ended. It goes on when Milepost or the connection does not.",
    scriptStart(connections),
  )
    .each("servers", "On each server", {
      flow: onAServer(kits),
      what: "servers",
      undoneBy: "undo",
      of: ({ input: { servers, atOnce: _a, waves: _w, stopAfter: _s, ...script } }) =>
        servers.map((server) => ({ key: server.id, title: server.name, input: { ...script, server } })),
      atOnce: ({ atOnce }) => atOnce,
      waves: ({ waves }) => waves,
      stopAfter: ({ stopAfter }) => stopAfter,
      gives: ({ run }) => run,
    })
    .hands((_input, { servers }) => {
      const done = servers.filter(({ state }) => state === "completed");
      const leftOut = servers.length - done.length;
      return {
        sentence: `${done.length} done${leftOut === 0 ? "" : `, ${leftOut} left out`}.`,
        facts: done
          .filter(({ result }) => result !== null && result !== "")
          .slice(0, factsAtMost)
          .map(({ title, result }) => ({ label: title, value: result ?? "" })),
      };
    });

const factsAtMost = 20;
