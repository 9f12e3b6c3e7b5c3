import type { RunPicture, StepPicture } from "#core/picture.ts";
import { plural } from "#core/plural.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import { intervalText, progressText } from "#views/format.ts";
import { Ago, Until } from "#views/parts/clock.tsx";
import { Later, type WordsAt } from "#views/parts/later.tsx";
import { ProgressBar } from "#views/parts/progress-bar.tsx";

interface StepProgressProps {
  step: StepPicture;
  /** The run is paused or over: nothing moves. */
  still: boolean;
  later: RunPicture["later"];
}

/** How far a step is, as far as anybody knows. It stands where the step will say what came out, so that nothing moves when it does. */
export const StepProgress = ({ step, still, later }: StepProgressProps) => {
  if (step.state !== "running" && step.state !== "waiting") return null;
  const percent = step.share === null ? null : Math.floor(step.share * 100);
  return (
    <div class="step-progress">
      {step.waiting?.for !== "retry" && (
        <ProgressBar percent={percent} label={`Progress of “${step.title}”`} still={still} />
      )}
      {step.progress !== null && (
        <p hx-ignore class="step-what">
          {progressText(step.progress, step.items === null)}
        </p>
      )}
      {step.progress === null && step.state === "running" && step.substeps.length === 0 && (
        <p class="step-what">under way; it cannot tell how far it is</p>
      )}
      {step.timeLeft !== null && !still && (
        <p class="step-rest">
          <Later words={restOf(step.timeLeft)} later={laterRest(step.id, later)} />
        </p>
      )}
    </div>
  );
};

const restOf = ({ p10Ms, p90Ms }: Interval): string => `${intervalText(p10Ms, p90Ms)} left of this step`;

const laterRest = (stepId: string, later: RunPicture["later"]): WordsAt[] =>
  later.flatMap(({ at, steps }) => {
    const left = steps[stepId];
    return left === undefined ? [] : [[at, restOf(left)] as const];
  });

/** What a step waits for and since when. */
export const Waits = ({ step, still, now }: Omit<StepProgressProps, "later"> & { now: number | null }) => {
  const { waiting } = step;
  if (waiting === null || step.state !== "waiting") return null;
  if (waiting.for === "retry")
    return (
      <p class="step-waits">
        <span hx-ignore>{waiting.word}</span> Attempt {step.attempt}
        {step.attempt > 1 && step.startedAt !== null && (
          <>
            {" "}
            (the first began <Ago at={step.startedAt} now={now} />)
          </>
        )}{" "}
        failed <Ago at={waiting.since} now={now} />
        {still ? (
          "; nothing is tried for now."
        ) : (
          <>
            ; tries again <Until at={waiting.nextAt} now={now} />.
          </>
        )}
      </p>
    );
  if (still && waiting.paused !== undefined)
    return (
      <p class="step-waits">
        <span hx-ignore>{waiting.paused.sentence}</span> Last answer:{" "}
        <strong hx-ignore>{waiting.word}</strong>
      </p>
    );
  return (
    <p class="step-waits">
      Last answer: <strong hx-ignore>{waiting.word}</strong> · looked {plural(waiting.looks, "time")} ·{" "}
      {still ? (
        "no more looks for now"
      ) : (
        <>
          next look <Until at={waiting.nextAt} now={now} />
        </>
      )}
    </p>
  );
};
