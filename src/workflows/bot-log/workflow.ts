import { text } from "#core/field-kinds.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { checkConnection } from "#openclaw/check-connection.ts";
import { type NodeDeps, nodeDeps } from "#openclaw/deps.ts";
import { countOf, existingBot, nodeField, nodeOf } from "#openclaw/start-fields.ts";
import type { Host } from "#workflows/host.ts";
import { followLog, readLog } from "./lines.ts";

/** It looks at what that one makes. */
export const offeredAfter = "create-bot";

export default (host: Pick<Host, "connections" | "machines">) => botLog(nodeDeps(host));

const [mostLines, mostMinutes] = [5_000, 600];

/** Shows what the gateway's log says of a bot, and goes on showing it for a while. */
export const botLog = (deps: NodeDeps) =>
  workflow(
    "bot-log",
    "Read a bot's log",
    "Shows what OpenClaw's log on one of your servers says of a bot: its last lines, and for as long as you like what comes. Nothing is changed.",
    start({
      fields: [
        nodeField(deps.connections),
        existingBot,
        text("lines", "Last lines", {
          preset: "200",
          help: "Of the whole log; those about this bot are shown.",
          read: (typed) => countOf("lines", typed, mostLines),
        }),
        text("minutes", "Minutes to follow it", {
          preset: "0",
          help: "0: what is there now, and no more.",
          read: (typed) => countOf("minutes", typed, mostMinutes),
        }),
      ],
      submit: "Read the log",
      input: ({ connection, ...given }) => ({ ...nodeOf(connection), ...given }),
      subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
    }),
  )
    .do("ssh", "SSH connection check", checkConnection(deps))
    .do("log", "Last lines", readLog(deps))
    .wait("follow", "What comes", followLog(deps))
    .hands(({ name, connectionName, connectionId, lines }, { log, follow }) => ({
      sentence:
        log.count + follow.count === 0
          ? `The log of ${connectionName} says nothing of “${name}” in its last ${plural(lines, "line")}.`
          : `The log of ${connectionName} says ${plural(log.count + follow.count, "line")} of “${name}”; see this run's log.`,
      links: [{ label: "Bots of this node", href: routes.bots.href({ id: connectionId }) }],
    }));
