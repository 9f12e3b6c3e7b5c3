/** A call of a hook as it came in: the bytes that were signed, not what they mean. */
export interface HookCall {
  /** By its name in lower case. */
  header(name: string): string | undefined;
  body: Uint8Array;
}

/** What became of a call; `pong`: it was GitHub's first one, which asks whether anybody is there. */
export type HookAnswer = { kind: "run"; runId: string; again: boolean } | { kind: "pong" };

export const mostHookBytes = 256 * 1024;
