import type { ForStep } from "#connectors/ssh/earlier-attempt.ts";
import { openclawCommand, sshTarget } from "#connectors/ssh/kind.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import type { Connections } from "#core/connection.ts";
import type { Host } from "#workflows/host.ts";

/** What the steps of this workflow are handed. */
export interface BotDeps {
  connections: Connections;
  /** The machine of a stored connection on loan to a step, and its OpenClaw command as a shell there would run it. Give it back. */
  connect(connectionId: string, of: ForStep | null): Promise<{ ssh: Ssh; openclaw: string }>;
  /** Between looks at the gateway. */
  lookEveryMs: number;
  /** How long a restart and the start after it may take, each. */
  restartLimitMs: number;
  /** How long the gateway has to stay up before the bot counts as settled. */
  settleMs: number;
  /** How long a command may take on the node at most; 180,000 unless told. */
  commandLimitMs?: number;
}

/** The machines of the host, at the pace of a real node. */
export const botDeps = ({ connections, machines }: Pick<Host, "connections" | "machines">): BotDeps => ({
  connections,
  lookEveryMs: 1_000,
  restartLimitMs: 120_000,
  settleMs: 5_000,
  connect: async (connectionId, of) => {
    const { connection, values } = await connections.open(connectionId);
    const ssh = machines.lease(connectionId, sshTarget(connection.name, values), of);
    return { ssh, openclaw: openclawCommand(values) };
  },
});

export interface BotInput {
  connectionId: string;
  connectionName: string;
  /** Its address, which two connections may share; its id where that is not known. */
  machine: string;
  /** The agent's and the account's id on the node. */
  name: string;
  displayName: string;
  emoji: string;
  /** What the bot is for; goes into its SOUL.md. */
  purpose: string;
  /** "provider/model"; "" leaves the node's default. */
  model: string;
  /** The Telegram user who may write to the bot; "": somebody is asked at the end. */
  ownerId: string;
  /** The Telegram chat that is told at the end; "" tells nobody. */
  chatId: string;
}

/** What the first step found out about the node; all later steps rest on it. */
export interface NodeFacts {
  /** "2026.9.6" */
  version: string;
  /** Absolute. */
  stateDir: string;
  gatewayPort: number;
}
