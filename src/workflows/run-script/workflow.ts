import { workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { type OnOne, onAServer } from "./on-a-server.ts";
import { outcomeOf } from "./outcome.ts";
import { type Input, type Script, scriptStart } from "./start.ts";
import { variablesIn } from "./variables-in.ts";

type Item = OnOne & Script & Pick<Input, "secretNames">;

/** Runs a script on many servers, a few at a time; what failed is tried again by itself, what is done is not. */
export default ({ connections, kits }: Pick<Host, "connections" | "kits">) =>
  workflow(
    "run-script",
    "Run a script on servers",
    "Runs a script on as many of your servers as you choose, a few at a time, and shows each: its log, how far it is and how it ended. It goes on when Milepost or the connection does not.",
    scriptStart(connections),
  )
    .each("servers", "On each server", {
      flow: onAServer<Item, "secrets">(kits, {
        scriptOf: (input) => input,
        secretsOf: ({ secretNames }) =>
          Object.fromEntries(
            secretNames.map((name) => [name, ({ secret }) => variablesIn(secret("secrets"))[name] ?? ""]),
          ),
        secrets: ["secrets"],
        undoneBy: "undo",
      }),
      what: "servers",
      undoneBy: "undo",
      of: ({ input: { servers, atOnce: _a, waves: _w, stopAfter: _s, ...script } }) =>
        servers.map((server) => ({ key: server.id, title: server.name, input: { ...script, server } })),
      atOnce: ({ atOnce }) => atOnce,
      waves: ({ waves }) => waves,
      stopAfter: ({ stopAfter }) => stopAfter,
      gives: ({ run }) => run,
    })
    .hands((_input, { servers }) => outcomeOf(servers));
