import type { LogLevel, NewEvent, NewLogLine } from "#core/event.ts";
import type { Progress, Substep } from "#core/step.ts";
import type { SubstepReporter } from "#core/step-context.ts";
import type { Hold } from "./hold.ts";

/** Progress and log lines are committed at most this often; the last of them always. */
const flushEveryMs = 500;
/** Speed is taken over this long. */
const speedWindowMs = 5_000;
/** Longer lines are cut: a log is for reading. */
const longestLine = 4_000;

export interface Reporter extends SubstepReporter {
  progress(done: number, total: number | null, what: string, unit?: Progress["unit"]): void;
  substeps(names: readonly string[]): SubstepReporter;
  log(line: string, level?: LogLevel): void;
  /** Commits what is left; nothing that is reported afterwards is recorded. */
  close(): Promise<void>;
}

/** Gathers what a step reports and commits it in batches, so that a chatty step costs few commits and still loses nothing. */
export const createReporter = (hold: Hold, stepId: string, attempt: number): Reporter => {
  const { clock } = hold.deps;
  let progress: Progress | null = null;
  let substeps: Substep[] | null = null;
  let lines: NewLogLine[] = [];
  let dirtyProgress = false;
  let dirtySubsteps = false;
  let closed = false;
  let cancelTimer: (() => void) | null = null;
  let flushing: Promise<void> = Promise.resolve();
  const seen: { at: number; done: number }[] = [];

  const flush = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = null;
    if (!dirtyProgress && !dirtySubsteps && lines.length === 0) return flushing;
    const batch = {
      progress: dirtyProgress ? progress : null,
      substeps: dirtySubsteps ? substeps : null,
      lines,
    };
    dirtyProgress = false;
    dirtySubsteps = false;
    lines = [];
    flushing = hold.record((now) => {
      const before = now.steps.find((step) => step.id === stepId)?.share ?? null;
      const events: NewEvent[] = [];
      const share = batch.progress === null ? before : laterShare(before, batch.progress);
      if (batch.progress !== null)
        events.push({ type: "step.progress", stepId, progress: batch.progress, share });
      if (batch.substeps !== null) events.push({ type: "step.substeps", stepId, substeps: batch.substeps });
      return {
        steps: [
          {
            id: stepId,
            patch: {
              ...(batch.progress === null ? {} : { progress: batch.progress, share }),
              ...(batch.substeps === null ? {} : { substeps: batch.substeps }),
            },
          },
        ],
        events,
        logs: batch.lines,
      };
    });
    return flushing;
  };
  // A failed flush surfaces when the step ends; here it only must not be an unhandled rejection.
  const flushLater = () => {
    cancelTimer ??= clock.after(flushEveryMs, () => {
      cancelTimer = null;
      flush().catch(() => {});
    });
  };

  const speed = (done: number): number | null => {
    const at = clock.now();
    seen.push({ at, done });
    while (seen.length > 2 && (seen[0]?.at ?? at) < at - speedWindowMs) seen.shift();
    const first = seen[0];
    return first === undefined || at - first.at < 500
      ? null
      : Math.max(0, ((done - first.done) * 1000) / (at - first.at));
  };

  const set = (name: string, state: Substep["state"]) => {
    if (closed) return;
    substeps = (substeps ?? []).some((one) => one.name === name)
      ? (substeps ?? []).map((one) => (one.name === name ? { name, state } : one))
      : [...(substeps ?? []), { name, state }];
    dirtySubsteps = true;
    flush().catch(() => {});
  };
  const substepReporter: SubstepReporter = {
    begin: (name) => set(name, "running"),
    end: (name, state = "completed") => set(name, state),
  };
  return {
    ...substepReporter,
    progress: (done, total, what, unit = "items") => {
      if (closed) return;
      progress = { done, total, what, unit, perSecond: speed(done) };
      dirtyProgress = true;
      flushLater();
    },
    substeps: (names) => {
      if (!closed) {
        substeps = names.map((name) => ({ name, state: "pending" }));
        dirtySubsteps = true;
        flushLater();
      }
      return substepReporter;
    },
    log: (line, level = "info") => {
      if (closed) return;
      for (const text of line.split("\n"))
        lines.push({ stepId, attempt, level, text: text.slice(0, longestLine) });
      flushLater();
    },
    close: async () => {
      closed = true;
      await flush();
    },
  };
};

const laterShare = (before: number | null, { done, total }: Progress): number | null =>
  total === null || total <= 0 ? before : Math.max(before ?? 0, Math.min(1, done / total));
