import { AppError } from "#core/errors.ts";
import { assertMay } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { findRun } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { trimAll } from "./trim.ts";

export interface RemoveWhat {
  /** The exports that the run saved, rows and files. */
  exports: boolean;
  /** The cleaning that counts it. */
  cleaning?: number | null;
}

/** How the deletion of one run went. */
export interface Removal {
  runId: string;
  /** As it was; null when there was none. */
  run: RunWithSteps["run"] | null;
  /** How many exports went with it. */
  exports: number;
  /** Why it is still there; null when it is gone. */
  refused: AppError | null;
}

type Parts = Pick<EngineParts, "store" | "feed" | "clock" | "log" | "longLines" | "files">;

/** Deletes runs that are over; those that are not, or are finalized, stay, and the others go all the same. */
export const remove = async (
  parts: Parts,
  runIds: readonly string[],
  what: RemoveWhat,
): Promise<Removal[]> => {
  const removals: Removal[] = [];
  for (const runId of new Set(runIds)) {
    try {
      removals.push(await removeOne(parts, runId, what));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      removals.push({ runId, run: (await parts.store.run(runId))?.run ?? null, exports: 0, refused: error });
    }
  }
  return removals;
};

const removeOne = async (parts: Parts, runId: string, what: RemoveWhat): Promise<Removal> => {
  assertMay("delete", await findRun(parts, runId));
  return goingWith(parts, runId, what, (now) => assertMay("delete", now));
};

/** So many items go between two looks at which are left. */
const itemsAtOnce = 50;

/** A run and, before it, those of its items: cut off in between, it is there still and says what of it is not. */
const goingWith = async (
  parts: Parts,
  runId: string,
  { exports, cleaning = null }: RemoveWhat,
  assertMayGo: (now: RunWithSteps) => void,
): Promise<Removal> => {
  const { store, feed, files, log } = parts;
  let ofItems = 0;
  for (let some = await store.items.childrenOf(runId, itemsAtOnce); some.length > 0; ) {
    for (const child of some) ofItems += (await goingWith(parts, child, { exports }, () => {})).exports;
    some = await store.items.childrenOf(runId, itemsAtOnce);
  }
  await trimAll(parts, runId, { what: "all", days: null, cleaning: null });
  const removed = await store.removal.remove(runId, { exports, cleaning }, assertMayGo);
  feed.tell({ ...removed.run, events: [], deleted: true });
  // What was never complete may lie in pieces.
  for (const { id, filePath: path } of removed.exports)
    await (path === null ? files?.pieces?.remove(id) : files?.remove(path))?.catch((err: unknown) =>
      log.error({ err, path: path ?? id }, "a file could not be removed"),
    );
  return { runId, run: removed.run.run, exports: removed.exports.length + ofItems, refused: null };
};
