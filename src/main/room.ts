import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";
import type { Starter, Store } from "#core/store.ts";
import { allTokensOf } from "#web/turnstile.ts";

/** One for what a person starts, and those of all that starts in their name together. */
const sharesOfOne = 1 + allTokensOf;

/**
 * Refuses a run of somebody who has so many at work already, under the name of whoever starts it, or under all names of tokens and
 * schedules of theirs. Most of the time there are not that many in all.
 */
export const assertTurn = async (
  store: Pick<Store, "countRuns" | "atWork">,
  { starter, by }: Required<Starter>,
  mostRuns: number,
): Promise<void> => {
  const { queued, running } = await store.countRuns();
  const refuseFrom = async (most: number, who: Starter, whose: string) => {
    if (queued + running < most || (await store.atWork(who, most)) < most) return;
    throw new AppError(
      "too-many",
      `${most.toLocaleString("en")} runs that ${whose} started are queued or running, and Milepost takes no more of one person. Wait until some of them are over.`,
      { retryAfterMs: 60_000 },
    );
  };
  await refuseFrom(mostRuns, { starter, by }, by);
  await refuseFrom(mostRuns * sharesOfOne, { starter }, `${by} and others in the name of the same person`);
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
