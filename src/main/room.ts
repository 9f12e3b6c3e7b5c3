import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";
import type { Store } from "#core/store.ts";

/** Refuses a run of somebody who has so many at work already. Most of the time there are not that many in all. */
export const assertTurn = async (
  store: Pick<Store, "countRuns" | "atWork">,
  by: string,
  mostRuns: number,
): Promise<void> => {
  const { queued, running } = await store.countRuns();
  if (queued + running < mostRuns || (await store.atWork(by, mostRuns)) < mostRuns) return;
  throw new AppError(
    "too-many",
    `${mostRuns.toLocaleString("en")} runs that ${by} started are queued or running, and Milepost takes no more of one person. Wait until some of them are over.`,
    { retryAfterMs: 60_000 },
  );
};

/**
 * Refuses new work below a watermark of free space: on a full disk SQLite can no longer even delete rows to make room,
 * so it must not come that far.
 */
export const assertRoom = async (
  files: Pick<Files, "freeBytes">,
  minimumFreeBytes: number,
): Promise<void> => {
  const free = await files.freeBytes();
  if (free >= minimumFreeBytes) return;
  const mb = (bytes: number) => Math.round(bytes / 1_000_000).toLocaleString("en");
  throw new AppError(
    "disk-full",
    `Only ${mb(free)} MB are free where Milepost keeps its data, and it starts nothing new below ${mb(minimumFreeBytes)} MB. Free some space, then try again; nothing was lost.`,
  );
};
