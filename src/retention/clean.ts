import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { keepOf, type Retention } from "#core/retention.ts";
import type { Store } from "#core/store.ts";
import { doomed } from "./doomed.ts";
import { type FileFolders, leftFiles, removeFile } from "./left-files.ts";

/** What takes runs and logs away, and tells pages so. */
export interface RunRemover {
  remove(
    runIds: readonly string[],
    by: string,
    what: { exports: boolean; cleaning: number },
  ): Promise<readonly { refused: AppError | null }[]>;
  trim(runId: string, rule: { days: number; cleaning: number }): Promise<void>;
}

export interface CleanDeps {
  store: Pick<Store, "removal" | "cleanings" | "version" | "giveBack">;
  runs: RunRemover;
  at: FileFolders;
  /** Has apps go that were removed longer ago than they are kept, as far as they are no files. */
  forgetApps(): void;
  log: Log;
}

interface Clean {
  id: number;
  by: string;
  retention: Retention;
  now: number;
  signal: AbortSignal;
}

/** Does a cleaning, in slices between which people are answered. What it does is counted as it is done, so it may be cut off anywhere. */
export const clean = async (deps: CleanDeps, { id, by, retention, now, signal }: Clean): Promise<void> => {
  const { store, runs, at } = deps;
  for (const workflowId of await store.removal.workflows()) {
    const keep = keepOf(retention, workflowId);
    for await (const { run, fate } of doomed(store.removal, workflowId, keep, now)) {
      signal.throwIfAborted();
      if (fate === "goes") await runs.remove([run.id], by, { exports: keep.exports, cleaning: id });
      else if (keep.logDays !== null)
        await unlessUnderWay(runs.trim(run.id, { days: keep.logDays, cleaning: id }));
    }
  }
  // What it counted before it was cut off.
  let { files, fileBytes, freedBytes } = (await store.cleanings.underWay()) ?? none;
  for await (const { path, bytes } of leftFiles(at, store, now)) {
    signal.throwIfAborted();
    await removeFile(path, at);
    files += 1;
    fileBytes += bytes;
    await store.cleanings.change(id, { files, fileBytes });
    deps.log.info({ path, bytes }, "removed a file that nothing referred to");
  }
  deps.forgetApps();
  for (let part = await store.giveBack(); part > 0; part = await store.giveBack()) {
    signal.throwIfAborted();
    freedBytes += part;
    await store.cleanings.change(id, { freedBytes });
  }
};

const none = { files: 0, fileBytes: 0, freedBytes: 0 };

/** A run that somebody tried again in this moment keeps its log. */
const unlessUnderWay = async (trimming: Promise<void>): Promise<void> => {
  try {
    await trimming;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not-allowed-now") throw error;
  }
};
