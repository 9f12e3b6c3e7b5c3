import type { RunPicture, StepPicture } from "#core/picture.ts";
import { urls } from "#core/urls.ts";
import { plural } from "#views/format.ts";
import { ConfirmButton, PostButton } from "#views/parts/post-button.tsx";

/** What may be done with one step: change its answer, go back to it, skip it. */
export const StepControls = ({ picture, step }: { picture: RunPicture; step: StepPicture }) => {
  // The run's own error card has the retry of the step that stopped the run.
  const mayRetry = step.mayRetry && picture.error?.stepId !== step.id;
  if (!step.mayRewind && !step.maySkip && !mayRetry) return null;
  return (
    <div class="step-controls">
      {mayRetry && (
        <PostButton
          action={urls.step(picture.id, step.id, "retry")}
          label="Try again"
          about={step.title}
          id={`retry-${step.id}`}
          look="outline"
          live
        />
      )}
      {step.mayRewind && <Rewind picture={picture} step={step} />}
      {step.maySkip && step.skippable !== null && (
        <ConfirmButton
          action={urls.step(picture.id, step.id, "skip")}
          ask="Skip…"
          label="Yes, skip this step"
          about={step.title}
          id={`skip-${step.id}`}
          look="link"
          live
          confirm={<p hx-ignore>{step.skippable}</p>}
        />
      )}
    </div>
  );
};

const Rewind = ({ picture, step }: { picture: RunPicture; step: StepPicture }) => {
  const later = picture.steps.filter((one) => one.number > step.number && one.state !== "pending").length;
  return (
    <ConfirmButton
      action={urls.rewindTo(picture.id, step.id)}
      ask={step.kind === "ask" ? "Change this answer…" : "Do again from here…"}
      label={step.kind === "ask" ? "Yes, go back to this question" : "Yes, go back to this step"}
      about={step.title}
      id={`rewind-${step.id}`}
      look="link"
      live
      confirm={
        <p>
          The run goes back to this step
          {later > 0 && `; the answers and results of ${plural(later, "later step")} are cleared`}. Files that
          were saved stay.
        </p>
      }
    />
  );
};
