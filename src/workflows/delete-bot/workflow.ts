import { routes } from "#core/routes.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { checkConnection } from "#openclaw/check-connection.ts";
import { type NodeDeps, nodeDeps } from "#openclaw/deps.ts";
import { atGateway, botLock, existingBot, nodeField, nodeOf } from "#openclaw/start-fields.ts";
import type { Host } from "#workflows/host.ts";
import { removeItsAccount } from "./steps/account.ts";
import { deleteIt } from "./steps/agent.ts";
import { agreeTo } from "./steps/agree.ts";
import { readDoomed } from "./steps/before.ts";
import { awaitGone } from "./steps/gone.ts";

/** It takes away what that one makes. */
export const offeredAfter = "change-bot";

export default (host: Pick<Host, "connections" | "machines">) => deleteBot(nodeDeps(host));

/** Takes a bot away, whoever made it, and keeps what it needs to come back. */
export const deleteBot = (deps: NodeDeps) =>
  workflow(
    "delete-bot",
    "Delete a bot",
    "Takes a bot off one of your servers: its Telegram account, its binding and its agent. Its folder and its token are kept beside, so that the run can be undone.",
    start({
      fields: [nodeField(deps.connections), existingBot],
      submit: "Delete the bot…",
      input: ({ connection, name }) => ({ ...nodeOf(connection), name }),
      subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
      lock: botLock,
    }),
  )
    .do("ssh", "SSH connection check", checkConnection(deps))
    .do("before", "What there is of it", readDoomed(deps))
    .approve("agree", "Delete it?", agreeTo)
    .do("account", "Telegram account removal", { ...removeItsAccount(deps), ...atGateway })
    .do("agent", "Agent removal", { ...deleteIt(deps), ...atGateway })
    .wait("gone", "The gateway lets go of it", { ...awaitGone(deps), ...atGateway })
    .hands(({ name, connectionName, connectionId }, { agent: { kept } }) => ({
      sentence: `“${name}” is deleted on ${connectionName}. What is kept for an undo can be removed there when nobody needs it any more.`,
      links: [{ label: "Bots of this node", href: routes.bots.href({ id: connectionId }) }],
      facts: [
        { label: "Kept on the node", value: kept },
        { label: "Its conversations", value: "in the trash of the node's user (~/.Trash)" },
      ],
    }));
