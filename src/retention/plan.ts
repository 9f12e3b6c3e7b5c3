import { join } from "node:path";
import { keepOf, type Retention } from "#core/retention.ts";
import type { CleaningPlan, WouldGo } from "#core/storage.ts";
import type { Store } from "#core/store.ts";
import type { CleanDeps } from "./clean.ts";
import { doomed } from "./doomed.ts";
import { leftFiles, sizeBelow } from "./left-files.ts";

/** So many runs of a workflow are weighed; the others are taken to be like them. */
const mostWeighed = 40;
const namesShown = 20;

/** What a cleaning would take away: the same runs and files, by the same rule. */
export const plan = async (
  { store, at }: Pick<CleanDeps, "store" | "at">,
  retention: Retention,
  now: number,
): Promise<CleaningPlan> => {
  const workflows: WouldGo[] = [];
  for (const workflowId of await store.removal.workflows()) {
    const keep = keepOf(retention, workflowId);
    const one: WouldGo = { workflowId, runs: 0, logs: 0, exports: 0, bytes: 0 };
    const ids: string[] = [];
    for await (const { run, fate } of doomed(store.removal, workflowId, keep, now)) {
      ids.push(run.id);
      if (fate === "loses its log") one.logs += 1;
      else {
        one.runs += 1;
        if (!keep.exports) continue;
        const owned = await store.removal.exportsOf([run.id]);
        one.exports += owned.length;
        one.bytes += owned.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
      }
    }
    one.bytes += await weigh(store.removal, at.logs, ids);
    if (ids.length > 0) workflows.push(one);
  }
  const left = { files: 0, fileBytes: 0, fileNames: [] as string[] };
  for await (const { path, bytes } of leftFiles(at, store, now)) {
    left.files += 1;
    left.fileBytes += bytes;
    if (left.fileNames.length < namesShown) left.fileNames.push(path);
  }
  return { workflows, ...left };
};

const weigh = async (
  removal: Pick<Store["removal"], "weigh">,
  logs: string,
  ids: readonly string[],
): Promise<number> => {
  const step = Math.max(1, Math.ceil(ids.length / mostWeighed));
  const sample = ids.filter((_, place) => place % step === 0);
  let bytes = 0;
  for (const id of sample) bytes += (await removal.weigh(id)) + (await sizeBelow(join(logs, id)));
  return sample.length === 0 ? 0 : Math.round((bytes / sample.length) * ids.length);
};
