import type { ServerChoice } from "#stacks/server.ts";

export interface RemovalInput extends ServerChoice {
  /** Of the stack. */
  name: string;
}
