import { AppError } from "#core/errors.ts";
import { type Form, textOf, type Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { asked, both, recovered } from "#engine/moves/forward.ts";
import type { Decide, Move } from "#engine/moves/move.ts";
import { paused } from "#engine/moves/stop.ts";

/** Ends further apart than this have other reasons than one run. */
const soonMs = 15 * 60_000;

/**
 * What is done with a run that the server process before this one left under way, and which did not end it as it should. One that was at the same
 * place when the process before that ended so may itself be the reason: it is held until a person says how it goes on.
 */
export const takenUp: Decide = (now, at) => {
  const cutOff = now.steps.find((step) => step.state === "running");
  const waiting = now.steps.find((step) => step.state === "waiting");
  const place = cutOff?.id ?? waiting?.id ?? null;
  // What waits for its items does nothing itself: each of them is looked at when it is taken up.
  if (waiting?.kind !== "each" && wasThere(now, place, at)) {
    if (cutOff !== undefined) return askWhatHappened(now, cutOff, twice, at);
    const because = `${twice} It is paused; resume it when it shall go on.`;
    if (now.run.wish === null && ["queued", "running", "waiting"].includes(now.run.state))
      return both(recovered(now, place, { outcome: "asking", because }, at), paused(now, at));
  }
  return cutOff === undefined ? betweenSteps(now, at, true) : {};
};

const twice = "This run was under way both times Milepost ended badly, and may be the reason.";

/** Whether it had been taken up at this place just before, and got nowhere since. */
const wasThere = ({ run: { recovery }, steps }: RunWithSteps, place: string | null, at: number): boolean =>
  recovery !== null &&
  recovery.stepId === place &&
  recovery.badEnd === true &&
  recovery.outcome !== "asking" &&
  at - recovery.at < soonMs &&
  !steps.some(({ endedAt }) => endedAt !== null && endedAt > recovery.at);

/** A run that another server process left between two steps, or while it waited: said on its page, and nothing is repeated. */
export const nothingWasCutOff: Decide = (now, at) => betweenSteps(now, at, false);

const betweenSteps = (now: RunWithSteps, at: number, badEnd: boolean): Move => {
  const waiting = now.steps.find((step) => step.state === "waiting");
  const because =
    waiting === undefined
      ? "It was between two steps, so nothing was cut off and nothing is done again."
      : `It was waiting in “${waiting.title}”, so nothing was cut off; the time of its next look was kept.`;
  return recovered(now, waiting?.id ?? null, { outcome: "resumed", because, badEnd }, at);
};

/** A step of which nobody but a person can tell whether it may run again; `because` says why. */
export const askWhatHappened = (now: RunWithSteps, step: Step, because: string, at: number): Move =>
  both(
    recovered(now, step.id, { outcome: "asking", because }, at),
    asked(now, step, interruptedForm(step, because), at),
  );

const interruptedForm = (step: Step, because: string): Form => ({
  fields: [
    ...(because === twice ? [{ kind: "note", tone: "warning", text: twice } as const] : []),
    {
      kind: "note",
      tone: "warning",
      text: `“${step.title}” was cut off and may or may not have taken effect. Look at the other side, then decide.${step.skippable === null ? " If it did take effect, cancel the run: Milepost cannot know what came out of it." : ""}`,
    },
    {
      kind: "choice",
      name: "decision",
      label: "What now?",
      value: "again",
      options: [
        { value: "again", label: "Do it again: it did not take effect" },
        ...(step.skippable === null ? [] : [{ value: "skip", label: `Go on without it: ${step.skippable}` }]),
      ],
    },
  ],
  submit: "Decide",
});

/** The move that follows from a person's decision about a cut-off step. */
export const decideInterrupted = (step: Step, values: Values, by: string, at: number): Move => {
  const decision = textOf(values, "decision");
  if (decision !== "again" && !(decision === "skip" && step.skippable !== null)) {
    throw new AppError("bad-answer", "Choose one of the answers.", { field: "decision" });
  }
  const again = decision === "again";
  const detail = again ? `${by} decided to do it again.` : `Skipped by ${by} after it was cut off.`;
  return {
    run: { state: "queued", wakeAt: at },
    steps: [
      {
        id: step.id,
        patch: again
          ? { state: "pending", form: null, detail }
          : { state: "skipped", form: null, detail, endedAt: at, share: 1 },
      },
    ],
    by,
  };
};
