import { routes } from "#core/routes.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { checkConnection } from "#openclaw/check-connection.ts";
import { type NodeDeps, nodeDeps } from "#openclaw/deps.ts";
import { lookOnNode } from "#openclaw/node.ts";
import { lookAtRestart, restartLines, restartWait } from "#openclaw/restart.ts";
import { atGateway, nodeField, nodeOf } from "#openclaw/start-fields.ts";
import type { Host } from "#workflows/host.ts";
import { awaitAccounts, readAccounts } from "./accounts.ts";

/** It serves what that one makes. */
export const offeredAfter = "create-bot";

export default (host: Pick<Host, "connections" | "machines">) => restartGateway(nodeDeps(host));

/** Restarts OpenClaw's gateway on a node, and looks whether all bots that were connected are connected again. */
export const restartGateway = (deps: NodeDeps) =>
  workflow(
    "restart-gateway",
    "Restart OpenClaw's gateway",
    "Restarts the gateway of one of your servers, and waits until every bot that was connected is connected again. For as long, no bot of that server answers.",
    start({
      fields: [nodeField(deps.connections)],
      submit: "Restart the gateway",
      input: ({ connection }) => nodeOf(connection),
      subject: ({ connectionName }) => connectionName,
      lock: ({ machine }) => `gateway:${machine}`,
    }),
  )
    .do("ssh", "SSH connection check", checkConnection(deps))
    .do("before", "Who is connected", { ...readAccounts(deps), ...atGateway })
    .wait("restart", "Gateway restart", {
      ...restartWait(deps),
      look: (ctx) => lookOnNode(deps, ctx, (node) => lookAtRestart(node, ctx.results.ssh, ctx)),
      plan: async ({ input, results: { ssh } }) => ({
        lines: await restartLines(deps, input, ssh),
        result: { uptimeMs: 0 },
      }),
      ...atGateway,
    })
    .wait("accounts", "They connect again", { ...awaitAccounts(deps), ...atGateway })
    .hands(({ connectionName, connectionId }, { before, accounts: { lost } }) => ({
      sentence:
        lost.length === 0
          ? `The gateway of ${connectionName} was restarted, and ${allBack(before.connected)}.`
          : `The gateway of ${connectionName} was restarted, but not all bots came back. ${lost.join(" ")}`,
      links: [{ label: "Bots of this node", href: routes.bots.href({ id: connectionId }) }],
    }));

const allBack = ({ length }: readonly string[]): string =>
  length === 0
    ? "no bot was connected before"
    : length === 1
      ? "the bot that was connected is connected again"
      : `all ${length} bots that were connected are connected again`;
