import type { Client } from "./client.ts";
import type { Terminal } from "./terminal.ts";

/** Where the verbs find Milepost, read when one is called. */
export type Connect = () => Promise<Client>;

export interface RemoteDeps {
  connect: Connect;
  terminal: Terminal;
  /** What `milepost` ends with. */
  end(code: number): void;
}
