import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import type { Ended } from "#core/run.ts";
import type { StoredError } from "#core/step.ts";
import type { KeptWayOn } from "#core/way-on.ts";
import { Notice } from "#views/parts/notice.tsx";
import { PostButton } from "#views/parts/post-button.tsx";
import { isUndoFailed } from "#views/words.ts";
import { NewerCodeButton } from "./newer-code.tsx";
import { lastLines, ownWords } from "./own-words.ts";
import { SkipButton } from "./step-controls.tsx";

/** What failed, in the words of the error, with what the other side said, and the ways on. */
export const ErrorCard = ({ picture }: { picture: RunPicture }) => {
  const { ended, undoneAt } = picture;
  const error = picture.error ?? ended?.error ?? null;
  if (error === null) return null;
  const step = picture.steps.find((one) => one.id === error.stepId);
  const said = step === undefined ? "" : lastLines(picture, step);
  return (
    <Notice tone="bad" title={titleOf(picture, error, step)} id="error-card" role="alert">
      <p hx-ignore class="error-message">
        {error.message}
      </p>
      {error.detail === null && said !== "" && (
        <details class="folded" id="error-said" open>
          <summary>The last that it said</summary>
          <pre tabindex={0} hx-ignore>
            {said}
          </pre>
        </details>
      )}
      {picture.state === "undoing" && <p>What this run made is being removed again.</p>}
      {undoneAt !== null && <p>What this run made was removed again.</p>}
      {picture.state === "failed" && ended !== null && (
        <p hx-ignore>
          {endedWords[ended.state]}
          {ended.error === null ? "." : `: ${ended.error.message}`}
        </p>
      )}
      {error.detail !== null && (
        <details class="folded" id="error-detail" open>
          <summary>What the other side answered</summary>
          <pre tabindex={0} hx-ignore>
            {error.detail}
          </pre>
        </details>
      )}
      <div class="controls">
        {ended !== null && picture.may.undo && (
          <PostButton
            action={routes.control.undo.href({ id: picture.id })}
            label="Undo again"
            id="undo-again"
            look="primary"
            live
          />
        )}
        <WayOnButton picture={picture} wayOn={error.wayOn} />
        <NewerCodeButton picture={picture} />
        {picture.may.retry && (
          <PostButton
            action={routes.control.retry.href({ id: picture.id })}
            label={
              ended !== null
                ? "Go on with the run instead"
                : error.code === "rejected"
                  ? "Ask again"
                  : step === undefined || undoneAt !== null
                    ? "Try again"
                    : "Try this step again"
            }
            id="retry"
            look={
              ended === null && error.wayOn === undefined && picture.newerCode?.unfit !== null
                ? "primary"
                : "outline"
            }
            live
          />
        )}
        {step !== undefined && <SkipButton picture={picture} step={step} look="outline" />}
        {picture.steps.some((one) => one.mayRewind) && <a href="#steps">Or go back to an earlier step</a>}
      </div>
    </Notice>
  );
};

/** What the error's sentence recommends. Going back asks nothing first: the step failed, so it has no result to lose. */
const WayOnButton = ({ picture, wayOn }: { picture: RunPicture; wayOn: KeptWayOn | undefined }) => {
  if (wayOn === undefined) return null;
  if ("href" in wayOn) {
    if (wayOn.href === routes.input.href({ id: picture.id }) && !picture.may.modify) return null;
    return (
      <a class="button button-primary" href={wayOn.href} id="way-on">
        {wayOn.label}
      </a>
    );
  }
  if (picture.steps.find((one) => one.id === wayOn.back)?.mayRewind !== true) return null;
  return (
    <PostButton
      action={routes.control.rewind.href({ id: picture.id }, { to: wayOn.back })}
      label={wayOn.label}
      id="way-on"
      look="primary"
      live
    />
  );
};

const endedWords = {
  completed: "Before the undo the run was completed",
  failed: "Before the undo the run had failed",
  cancelled: "Before the undo the run had been cancelled",
  paused: "Before the undo the run was paused",
} as const satisfies Record<Ended["state"], string>;

const titleOf = (
  picture: RunPicture,
  error: Pick<StoredError, "code" | "message" | "detail">,
  step: StepPicture | undefined,
): string => {
  if (isUndoFailed(picture)) return "The undo failed";
  if (step === undefined) return "The run failed";
  if (error.code === "rejected") return "Stopped: it was rejected";
  const words = ownWords(error);
  return words === null ? `“${step.title}” failed` : `“${step.title}” failed: ${words}`;
};
