import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { WebDeps } from "#web/deps.ts";
import { assertMayControl } from "#web/may.ts";

/** What became of the runs that somebody chose. */
export interface Cancelled {
  cancelled: number;
  /** Why others were not: a sentence each. */
  refused: readonly string[];
}

/**
 * Cancels one after the other; one that cannot be cancelled, or is not theirs to cancel, keeps none of the others. Throws
 * AppError("bad-input") where none was chosen.
 */
export const cancelRuns = async (
  { engine, store }: Pick<WebDeps, "engine" | "store">,
  ids: readonly string[],
  identity: Identity,
): Promise<Cancelled> => {
  if (ids.length === 0) throw new AppError("bad-input", "Choose the runs first, then cancel them.");
  let cancelled = 0;
  const refused: string[] = [];
  for (const id of ids) {
    try {
      await assertMayControl(identity, id, store);
      await engine.cancel(id, identity.by);
      cancelled += 1;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
      refused.push(`${await nameOf(engine, id)}: ${thrown.message}`);
    }
  }
  return { cancelled, refused };
};

const nameOf = async ({ picture }: Pick<WebDeps["engine"], "picture">, id: string): Promise<string> =>
  picture(id).then(
    ({ title, number }) => `${title} #${number}`,
    () => id,
  );
