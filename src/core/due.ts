import { type Times, timesAfter, timesBetween } from "./times.ts";

/** What becomes of times at which nothing was at work: one run for all of them, one for each, or none. */
export const missedPolicies = ["once", "all", "skip"] as const;
export type MissedPolicy = (typeof missedPolicies)[number];

export interface ByClock {
  times: Times;
  zone: string;
  missed: MissedPolicy;
  /** What was missed longer ago starts nothing; null: however long ago. */
  withinMs: number | null;
}

/** A due time, and what has to become of it. */
export interface Due {
  at: number;
  lateMs: number;
  becomes: "run" | "missed";
  /** Why it was missed. */
  because: string | null;
}

/** What is told later than this was missed. A server that is well looks at least once a minute. */
const onTimeMs = 2 * 60_000;
/** Of what passed in one go, so many of the newest have a row of their own. */
export const mostAtOnce = 100;

const notAtWork = "Milepost was not at work at that time: it was ended, or its machine slept.";

/** What has to become of each time after `decided`, up to which all is decided, and up to `now`. Earliest first. */
export const decideDue = (
  { times, zone, missed, withinMs }: ByClock,
  decided: number,
  now: number,
): Due[] => {
  const { times: passed, more } = timesBetween(times, zone, decided, now, mostAtOnce);
  const [first = now] = passed;
  return passed.map((at, place) => {
    const lateMs = now - at;
    const isNewest = place === passed.length - 1;
    const because = whyMissed({ lateMs, missed, withinMs, isNewest, wasAway: now - first > onTimeMs });
    const before = more && place === 0 ? " Earlier ones passed too, which are not listed." : "";
    return because === null
      ? { at, lateMs, becomes: "run", because: null }
      : { at, lateMs, becomes: "missed", because: because + before };
  });
};

interface Late {
  lateMs: number;
  missed: MissedPolicy;
  withinMs: number | null;
  isNewest: boolean;
  /** Something was missed in the same go. */
  wasAway: boolean;
}

const whyMissed = ({ lateMs, missed, withinMs, isNewest, wasAway }: Late): string | null => {
  const isLate = lateMs > onTimeMs;
  if (isLate && missed === "skip") return notAtWork;
  if (isLate && withinMs !== null && lateMs > withinMs)
    return `${notAtWork} That is too long ago to start it now.`;
  // The last times of an outage, which are hardly late, are no reason for more than the one run.
  if (missed === "once" && !isNewest && wasAway)
    return `${notAtWork} One run was started for all that were missed.`;
  return null;
};

/** The first time after all that are decided; null when none comes. */
export const nextTime = ({ times, zone }: Pick<ByClock, "times" | "zone">, decided: number): number | null =>
  timesAfter(times, zone, decided, 1)[0] ?? null;

/** What is too late to be on time. */
export const isMissed = ({ lateMs }: Pick<Due, "lateMs">): boolean => lateMs > onTimeMs;
