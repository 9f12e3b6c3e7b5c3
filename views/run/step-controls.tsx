import type { Child } from "hono/jsx";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { StateIcon } from "#views/parts/icon.tsx";
import { ConfirmButton, PostButton } from "#views/parts/post-button.tsx";

interface StepControlsProps {
  picture: RunPicture;
  step: StepPicture;
}

/** What may be done with one step. The ways on from the step that stopped the run stand in the run's error card instead. */
export const StepControls = ({ picture, step }: StepControlsProps) => {
  const stopped = picture.error?.stepId === step.id;
  const changes = step.mayRewind && step.kind === "ask";
  if (!changes && (stopped || !(step.maySkip || step.mayRetry))) return null;
  return (
    <div class="step-controls">
      {step.mayRetry && !stopped && (
        <PostButton
          action={routes.step.retry.href({ id: picture.id, step: step.id })}
          label={retryLabel(step)}
          about={step.title}
          id={`retry-${step.id}`}
          look="outline"
          live
        />
      )}
      {changes && (
        <Rewind
          picture={picture}
          step={step}
          ask="Change this answer…"
          label="Yes, go back to this question"
        />
      )}
      {!stopped && <SkipButton picture={picture} step={step} look="link" />}
    </div>
  );
};

const retryLabel = ({ waiting }: StepPicture): string => {
  if (waiting === null) return "Try again";
  return waiting.for === "look" ? "Look now" : "Try now";
};

/** Skips a step after saying what that means; nothing when it must not be skipped. */
export const SkipButton = ({ picture, step, look }: StepControlsProps & { look: "link" | "outline" }) =>
  step.maySkip && step.skippable !== null ? (
    <ConfirmButton
      action={routes.step.skip.href({ id: picture.id, step: step.id })}
      ask={look === "link" ? "Skip…" : "Skip this step…"}
      label="Yes, skip this step"
      about={step.title}
      id={`skip-${step.id}`}
      look={look}
      live
      confirm={<p hx-ignore>{step.skippable}</p>}
    />
  ) : null;

/** Goes back to a step of the server, small beside its time: useful seldom, and every step has one. */
export const AgainButton = ({ picture, step }: StepControlsProps) =>
  step.mayRewind && step.kind !== "ask" ? (
    <Rewind
      picture={picture}
      step={step}
      ask={
        <>
          <StateIcon state="undone" />
          <span class="visually-hidden">Do again from here:</span>
        </>
      }
      hint="Do again from here…"
      label="Yes, do it again from here"
    />
  ) : null;

const Rewind = ({
  picture,
  step,
  ...words
}: StepControlsProps & { ask: Child; hint?: string; label: string }) => {
  const later = picture.steps.filter((one) => one.number > step.number && one.state !== "pending").length;
  const made = picture.steps
    .filter((one) => one.number >= step.number && one.undoable && one.state === "completed")
    .map((one) => one.title);
  return (
    <ConfirmButton
      {...words}
      action={routes.control.rewind.href({ id: picture.id }, { to: step.id })}
      about={step.title}
      id={`rewind-${step.id}`}
      look="link"
      live
      confirm={
        <p>
          The run goes back to this step
          {later > 0 && `; the answers and results of ${plural(later, "later step")} are cleared`}.{" "}
          {made.length > 0 && `What these made is undone first: ${made.join(", ")}.`}
        </p>
      }
    />
  );
};
