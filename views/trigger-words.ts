import type { Cause, TriggerKind } from "#core/cause.ts";
import { zonedText } from "#core/clock-changes.ts";
import { timesInWords } from "#core/plain-times.ts";
import type { Becoming, FiringSeen, Trigger } from "#core/trigger.ts";
import { durationText } from "./clock-words.js";
import { runWords, type Tone } from "./words.ts";

export const kindTitles = {
  schedule: "By the clock",
  hook: "When called",
  after: "After other runs",
} as const satisfies Record<TriggerKind, string>;

export const kindWords = {
  schedule: "schedule",
  hook: "hook",
  after: "run after a run",
} as const satisfies Record<TriggerKind, string>;

/** When it starts: "every Monday at 07:00 (Europe/Berlin)". */
export const whenWords = (
  { when }: Pick<Trigger, "when">,
  titleOf: (workflowId: string) => string,
): string => {
  switch (when.kind) {
    case "schedule":
      return `${timesInWords(when.times)}${"cron" in when.times ? ` (${when.zone})` : ""}`;
    case "hook":
      return "when somebody calls it who knows its secret";
    case "after":
      return `after a run of “${titleOf(when.workflowId)}” that ${when.on.join(" or ")}`;
    default:
      return when satisfies never;
  }
};

/** "schedule “Nightly”, due Mon, 7 Dec 2026, 07:00 (Europe/Berlin), 3 s late". */
export const causeWords = ({ kind, name, dueAt, zone, lateMs }: Cause): string => {
  const due = dueAt === null || zone === null ? "" : `, due ${zonedText(dueAt, zone)} (${zone})`;
  const late = lateMs !== null && lateMs >= 1_000 ? `, ${durationText(lateMs)} late` : "";
  return `${kindWords[kind]} “${name}”${due}${late}`;
};

const becameWords = {
  run: { word: "Started", tone: "good" },
  queued: { word: "Waits for the earlier one", tone: "waiting" },
  missed: { word: "Missed", tone: "attention" },
  skipped: { word: "Skipped", tone: "quiet" },
  refused: { word: "Could not start", tone: "bad" },
} as const satisfies Record<Becoming, { word: string; tone: Tone }>;

/** What became of a firing; of a run how it stands. */
export const firingWord = ({
  became,
  run,
  runId,
}: Pick<FiringSeen, "became" | "run" | "runId">): { word: string; tone: Tone } => {
  if (run !== null) return runWords[run.state];
  return runId === null ? becameWords[became] : { word: "Its run was removed", tone: "quiet" };
};
