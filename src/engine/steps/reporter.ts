import type { LogLevel, NewLogLine } from "#core/event.ts";
import type { Progress, Substep } from "#core/step.ts";
import type { SubstepReporter } from "#core/step-context.ts";
import type { Claim } from "#engine/claim.ts";
import type { Move } from "#engine/moves/move.ts";
import { createLogIntake } from "./log-intake.ts";
import { createLineRecorder } from "./recorded-lines.ts";
import { createShowing } from "./showing.ts";

/** Progress is committed at most this often; the last of it always. */
const flushEveryMs = 500;
/** Lines are for people who watch: they are committed soon, and what comes at once goes together. */
const linesEveryMs = 250;
const linesSoonMs = 30;
/** So many lines go into a commit: more of them would hold up those who wait for the store. */
const mostLines = 1_000;
/** Speed is taken over this long. */
const speedWindowMs = 5_000;

export interface Reporter extends SubstepReporter {
  progress(done: number, total: number | null, what: string, unit?: Progress["unit"]): void;
  substeps(names: readonly string[]): SubstepReporter;
  log(line: string, level?: LogLevel): void;
  /** Commits what is left; nothing that is reported afterwards is recorded. */
  close(): Promise<void>;
}

/** What is not written down yet; null: nothing new of that. */
interface Batch {
  progress: Progress | null;
  substeps: readonly Substep[] | null;
  lines: readonly NewLogLine[];
}

/** Gathers what a step reports and commits it in batches, so that a chatty step costs few commits and still loses nothing. */
export const createReporter = (claim: Claim, stepId: string, attempt: number): Reporter => {
  const { clock } = claim.parts;
  const speed = createSpeed(clock.now);
  const intake = createLogIntake();
  const record = createLineRecorder(claim.parts, { stepId, attempt });
  const showing = createShowing(claim, stepId, intake, () => flushLater(linesSoonMs));
  let unwritten: Batch = { progress: null, substeps: null, lines: [] };
  let substeps: readonly Substep[] = [];
  let closed = false;
  let timer: { cancel(): void; at: number } | null = null;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (unwritten.lines.length === 0) {
      const lines = await record(claim.at().run, intake.take(mostLines));
      unwritten = { ...unwritten, lines };
    }
    const batch = unwritten;
    if (batch.progress === null && batch.substeps === null && batch.lines.length === 0) return;
    await claim.record((now) =>
      reported(now.steps.find((step) => step.id === stepId)?.share ?? null, stepId, batch),
    );
    // Let go of only now that its commit is there; what came meanwhile stays for the next one.
    unwritten = {
      progress: unwritten.progress === batch.progress ? null : unwritten.progress,
      substeps: unwritten.substeps === batch.substeps ? null : unwritten.substeps,
      lines: [],
    };
    showing.show();
    if (intake.hasMore()) flushLater(linesSoonMs);
  };
  const flush = (): Promise<void> => {
    timer?.cancel();
    timer = null;
    flushedAt = clock.now();
    writing = writing.then(write, write);
    return writing;
  };
  // What could not be written is still there and surfaces when the step ends; here it only must not be an unhandled rejection.
  const flushNow = () => void flush().catch(() => {});
  const flushLater = (ms: number) => {
    const at = clock.now() + ms;
    if (timer !== null && timer.at <= at) return;
    timer?.cancel();
    timer = { cancel: clock.after(ms, flushNow), at };
  };

  const set = (name: string, state: Substep["state"]) => {
    assertTold(typeof name === "string" && typeof state === "string", "a substep's name and state");
    if (closed) return;
    substeps = substeps.some((one) => one.name === name)
      ? substeps.map((one) => (one.name === name ? { name, state } : one))
      : [...substeps, { name, state }];
    unwritten = { ...unwritten, substeps };
    flushNow();
  };
  const substepReporter: SubstepReporter = {
    begin: (name) => set(name, "running"),
    end: (name, state = "completed") => set(name, state),
  };
  return {
    ...substepReporter,
    progress: (done, total, what, unit = "items") => {
      assertTold(Number.isFinite(done) && (total === null || Number.isFinite(total)), "progress in numbers");
      assertTold(typeof what === "string" && typeof unit === "string", "what progress is of, in words");
      if (closed) return;
      unwritten = { ...unwritten, progress: { done, total, what, unit, perSecond: speed(done) } };
      flushLater(flushEveryMs);
    },
    substeps: (names) => {
      assertTold(
        Array.isArray(names) && names.every((name) => typeof name === "string"),
        "names of substeps",
      );
      if (!closed) {
        substeps = names.map((name) => ({ name, state: "pending" }));
        unwritten = { ...unwritten, substeps };
        flushLater(flushEveryMs);
      }
      return substepReporter;
    },
    log: (line, level = "info") => {
      assertTold(typeof line === "string" && typeof level === "string", "a line of text");
      if (closed) return;
      intake.log(line, level);
      showing.soon();
      flushLater(Math.max(linesSoonMs, flushedAt + linesEveryMs - clock.now()));
    },
    close: async () => {
      closed = true;
      intake.end();
      showing.close();
      do await flush();
      while (intake.hasMore());
    },
  };
};

/** What cannot be kept is thrown back at the line that reported it, and so names the author's function. */
export const assertTold = (holds: boolean, what: string): void => {
  if (!holds) throw new TypeError(`what it reported is not ${what}`);
};

const reported = (share: number | null, stepId: string, { progress, substeps, lines }: Batch): Move => ({
  steps: [
    {
      id: stepId,
      patch: {
        ...(progress === null ? {} : { progress, share: laterShare(share, progress) }),
        ...(substeps === null ? {} : { substeps }),
      },
    },
  ],
  logs: lines,
});

const laterShare = (before: number | null, { done, total }: Progress): number | null =>
  total === null || total <= 0 ? before : Math.max(before ?? 0, Math.min(1, done / total));

/** Units per second over the last seconds; null while too little is known. */
const createSpeed = (now: () => number): ((done: number) => number | null) => {
  const seen: { at: number; done: number }[] = [];
  return (done) => {
    const at = now();
    seen.push({ at, done });
    while (seen.length > 2 && (seen[0]?.at ?? at) < at - speedWindowMs) seen.shift();
    const first = seen[0];
    return first === undefined || at - first.at < 500
      ? null
      : Math.max(0, ((done - first.done) * 1000) / (at - first.at));
  };
};
