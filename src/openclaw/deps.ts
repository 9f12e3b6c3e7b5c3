import type { ForStep } from "#connectors/ssh/earlier-attempt.ts";
import { openclawCommand, sshTarget } from "#connectors/ssh/kind.ts";
import { type OpenclawLimits, openclawLimits } from "#connectors/ssh/limits.ts";
import type { Ssh, SshPool } from "#connectors/ssh/pool.ts";
import type { Connections } from "#core/connection.ts";

/** A machine with OpenClaw on loan. */
export interface Lent extends OpenclawLimits {
  ssh: Ssh;
  /** The OpenClaw command as a shell there would run it. */
  openclaw: string;
}

/** What everything that works on such machines is handed. */
export interface NodeDeps {
  connections: Connections;
  /** The machine of a stored connection, for a step or for nobody. Give it back. */
  connect(connectionId: string, of: ForStep | null): Promise<Lent>;
  /** Between looks at the gateway. */
  lookEveryMs: number;
  /** How long the gateway has to stay up before a bot counts as settled. */
  settleMs: number;
}

/** The machines of the host, at the pace of a real node. */
export const nodeDeps = (host: { connections: Connections; machines: SshPool }): NodeDeps => ({
  connections: host.connections,
  lookEveryMs: 1_000,
  settleMs: 5_000,
  connect: async (connectionId, of) => {
    const { connection, values } = await host.connections.open(connectionId);
    const ssh = host.machines.lease(
      connectionId,
      sshTarget(connection.name, values, host.machines.configFile),
      of,
    );
    return { ssh, openclaw: openclawCommand(values), ...openclawLimits(values) };
  },
});

/** Which machine a step works on. */
export interface OnNode {
  connectionId: string;
}

/** What was found out about a node before anything is done there. */
export interface NodeFacts {
  /** "2026.9.6" */
  version: string;
  /** Absolute. */
  stateDir: string;
  gatewayPort: number;
}
