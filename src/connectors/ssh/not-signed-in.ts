import type { ShownKey } from "./host-key.ts";

/** The system's ssh ended before it was signed in; `said` is what it wrote. */
export class NotSignedIn extends Error {
  readonly said: string;
  /** 90: the key could not be put into the agent; null: it was ended. */
  readonly code: number | null;
  constructor(said: string, code: number | null, cause?: unknown) {
    super("ssh ended before it was signed in", { cause });
    this.said = said;
    this.code = code;
  }
}

/** A host key that was shown to the system's ssh. */
export interface Shown {
  /** As known_hosts would name it: "host" or "[host]:port". */
  host: string;
  key: ShownKey;
  /** By a machine on the way. */
  isJump: boolean;
}
