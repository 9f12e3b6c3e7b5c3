import type { Jump } from "./jumps.ts";

/** Where and as whom to sign in. `name` is what people call the machine; it stands in every sentence about it. */
export interface SshTarget {
  name: string;
  host: string;
  port: number;
  user: string;
  auth: SshAuth;
  /** Machines on the way there, in the order in which they are passed; signed in to like the target itself. */
  jumps?: readonly Jump[];
  /** The name of the server that it is on the way to. */
  onWayTo?: string;
  /** Signed in to by the system's ssh; without it by our own client. */
  openssh?: BySsh;
  /** known_hosts lines, public keys or SHA256 fingerprints, one a line; "" when nothing is pinned yet. */
  hostKey: string;
}

/** What the system's ssh is told besides. */
export interface BySsh {
  /** The name that its ssh_config may know; else the host itself. */
  alias: string;
  /** What was given for it; what was not is for its ssh_config to say. */
  given: { host?: string; port?: number; user?: string };
  /** Absolute path of the operator's ssh_config; null: there is none. */
  configFile: string | null;
  /** An OpenSSH certificate of the private key, or of one that the agent has. */
  certificate?: string;
}

/** Ways to sign in; those that are given are tried in this order. */
export interface SshAuth {
  privateKey?: string;
  passphrase?: string;
  /** Absolute path of an SSH agent's socket. */
  agentSocket?: string;
  password?: string;
}

/** "node1 (deploy@10.0.0.5:22)", for sentences. */
export const whereOf = ({
  name,
  user,
  host,
  port,
}: Omit<SshTarget, "auth" | "hostKey" | "jumps" | "onWayTo" | "openssh">): string =>
  `${name} (${user === "" ? "" : `${user}@`}${host.includes(":") ? `[${host}]` : host}:${port})`;
