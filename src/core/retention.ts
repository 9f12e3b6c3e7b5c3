import { plural } from "#core/plural.ts";
import type { Run } from "./run.ts";

/** How long runs that are over are kept; null: for ever, or however many. */
export interface Keep {
  /** Days after their end. */
  days: number | null;
  /** The newest so many of a workflow. */
  runs: number | null;
  /** Days after their end for which their logs are kept, if the runs themselves are. */
  logDays: number | null;
  /** Whether the exports that a run saved go with it, rows and files. */
  exports: boolean;
}

export const keepsAll: Keep = { days: null, runs: null, logDays: null, exports: false };

/** What is kept of which workflow, and when the rest is taken away. */
export interface Retention {
  /** Of the server's own day: 0 to 23. */
  hour: number;
  usual: Keep;
  /** By workflow, where it is another than the usual. */
  workflows: Readonly<Record<string, Keep>>;
  /** When it was said, in milliseconds since 1970: what is said in the afternoon holds from the next night on. */
  saidAt: number;
  /** Nobody has said anything: it is what the server was started with, and another start may say otherwise. */
  fromStart?: true;
}

export const keepOf = ({ usual, workflows }: Retention, workflowId: string): Keep =>
  workflows[workflowId] ?? usual;

/** Whether there is anything that a cleaning would ever take away. */
export const takesAnything = ({ usual, workflows }: Retention): boolean =>
  [usual, ...Object.values(workflows)].some(
    ({ days, runs, logDays }) => days !== null || runs !== null || logDays !== null,
  );

/** What decides whether a run that is over is still kept. */
export type OverRun = Pick<
  Run,
  "id" | "endedAt" | "changedAt" | "finalizedAt" | "trimmedAt" | "trimmedDays"
> & {
  /** Its place in the order in which runs were accepted. */
  seq: number;
};

export type Fate = "stays" | "loses its log" | "goes";

const dayMs = 24 * 3_600_000;

/**
 * What becomes of a run that is over. `oldest` is the place of the oldest run that the count of its workflow still keeps, 0 where all are;
 * `now` is milliseconds since 1970. A finalized run always stays as it is.
 */
export const fateOf = (run: OverRun, keep: Keep, { now, oldest }: { now: number; oldest: number }): Fate => {
  if (run.finalizedAt !== null) return "stays";
  const overMs = now - overSince(run);
  const isOlderThan = (days: number | null) => days !== null && overMs >= days * dayMs;
  if (isOlderThan(keep.days) || run.seq < oldest) return "goes";
  return isOlderThan(keep.logDays) && hasLog(run) ? "loses its log" : "stays";
};

/** The time since which a run has to be over to be younger than so many days; null: none is too old. */
export const cutOf = (days: number | null, now: number): number | null =>
  days === null ? null : now - days * dayMs;

const overSince = ({ endedAt, changedAt }: Pick<OverRun, "endedAt" | "changedAt">): number =>
  endedAt ?? changedAt;

/** A run that was tried again after its log was removed has told something since. */
const hasLog = ({ trimmedAt, trimmedDays, ...run }: OverRun): boolean =>
  trimmedDays === null || overSince(run) > (trimmedAt ?? 0);

/** "for 30 days, at most the newest 100 of a workflow, their logs for 7 days" */
export const keepSentence = ({ days, runs, logDays, exports }: Keep): string =>
  [
    days === null ? (runs === null ? "for ever" : null) : `for ${plural(days, "day")}`,
    runs === null ? null : `at most the newest ${runs.toLocaleString("en")} of a workflow`,
    logDays === null ? null : `their logs for ${plural(logDays, "day")}`,
    exports && (days !== null || runs !== null) ? "and the files that they saved as long as they" : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
