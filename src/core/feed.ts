import type { Recorded } from "./change.ts";

/** Tells what was committed to everybody who listens, in this process or in others. Told after the commit, never before. */
export interface Feed {
  tell(recorded: Recorded): void;
  /** The function returned ends it. */
  listen(hear: (recorded: Recorded) => void): () => void;
}
