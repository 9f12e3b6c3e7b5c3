import type { SFTPWrapper } from "ssh2";

/** A command that runs on the other side, as both of our clients give it. Its output comes once somebody listens. */
export interface CommandChannel {
  stderr: {
    on(name: "data", call: (chunk: Buffer) => void): unknown;
    resume(): unknown;
  };
  on(name: "data", call: (chunk: Buffer) => void): unknown;
  on(name: "error" | "close", call: () => void): unknown;
  once(name: "close", call: () => void): unknown;
  /** How it ended, told once: before "close", which comes when all that it wrote was given out. */
  once(name: "exit", call: (code: number | null, signal?: string) => void): unknown;
  removeAllListeners(name: "data"): unknown;
  /** Closes its input, after this. */
  end(input?: string | Buffer): unknown;
  close(): unknown;
}

/** What can be opened on a session: ssh2's client, or the system's ssh. */
export interface Channels {
  exec(script: string, done: (error: Error | undefined, channel: CommandChannel) => void): unknown;
  sftp(done: (error: Error | undefined, channel: SFTPWrapper) => void): unknown;
}
