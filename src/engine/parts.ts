import type { Unrecorded } from "#core/unrecorded.ts";
import type { History } from "#engine/commit/history.ts";
import type { Told } from "#engine/commit/told.ts";
import type { Commit, WithClaim } from "./commit/commit.ts";
import type { Mask } from "./commit/mask.ts";
import type { AuthorLimits, EngineDeps } from "./deps.ts";
import type { OpenLines } from "./open-lines.ts";
import type { ItemRuns } from "./seen/item-runs.ts";

/** What the engine's own parts share besides. */
export interface EngineParts extends EngineDeps {
  limits: AuthorLimits;
  history: History;
  told: Told;
  commit: Commit;
  withClaim: WithClaim;
  unrecorded: Unrecorded;
  mask: Mask;
  itemRuns: ItemRuns;
  openLines: OpenLines;
  /**
   * Null while it is sure that this worker has the run. Else, because the store was not heard of for as long as a claim holds, resolves once it
   * is known, and the claim's signal has fired where another worker has it. Left out where nobody works on a run.
   */
  confirmHeld?(): Promise<void> | null;
  /** Makes a worker look at once. */
  wake(): void;
}
