import type { RunPicture, StepPicture } from "#core/picture.ts";
import { isOver } from "#core/states.ts";
import { urls } from "#core/urls.ts";
import { ConfirmButton, PostButton } from "#views/parts/post-button.tsx";

const isMade = ({ undoable, state }: StepPicture): boolean =>
  undoable && (state === "completed" || state === "failed");

/** The verbs that make sense now; those that do not are not there. Retry stands beside the error that it answers. */
export const Controls = ({ picture }: { picture: RunPicture }) => {
  const { id, may } = picture;
  return (
    <section class="controls" aria-label="Controls of this run">
      {may.resume && (
        <PostButton action={urls.control(id, "resume")} label="Resume" id="resume" look="primary" live />
      )}
      {may.retry && picture.error === null && (
        <PostButton action={urls.control(id, "retry")} label="Retry" id="retry" look="primary" live />
      )}
      {may.pause && picture.wish === null && (
        <PostButton action={urls.control(id, "pause")} label="Pause" id="pause" live />
      )}
      {picture.wish === "pause" && <span class="wish">Pausing: stops before the next step…</span>}
      {may.cancel && picture.wish !== "cancel" && (
        <ConfirmButton
          action={urls.control(id, "cancel")}
          ask="Cancel…"
          label="Yes, cancel this run"
          id="cancel"
          look="danger"
          live
          confirm={
            <p>
              What is going on now is stopped, here and on the other side, and you see a receipt of it. What
              is done stays done.
            </p>
          }
        />
      )}
      {may.cancel && picture.wish !== "cancel" && (
        <ConfirmButton
          action={urls.startOver(id)}
          ask="Start over…"
          label="Yes, cancel and start over"
          id="start-over"
          look="outline"
          confirm={
            <p>
              This run is cancelled. Once it has stopped, a new one begins with the same input. What is done
              stays done.
            </p>
          }
        />
      )}
      {may.startOver && isOver(picture.state) && (
        <PostButton action={urls.clone(id)} label="Run again" id="clone" about="with the same input" />
      )}
      {may.modify && (
        <a class="button button-outline" href={urls.input(id)} id="modify">
          Change the input…
        </a>
      )}
      {may.undo && (
        <ConfirmButton
          action={urls.control(id, "undo")}
          ask="Undo…"
          label="Yes, undo what this run made"
          id="undo"
          look="danger"
          live
          confirm={
            <>
              <p>
                Goes backwards through the steps and takes back what this run itself made. Nothing else is
                touched.
              </p>
              <ol reversed class="undo-list" hx-ignore>
                {picture.steps.filter(isMade).map((step) => (
                  <li>
                    {step.title}
                    {step.detail !== null && <small> {step.detail}</small>}
                  </li>
                ))}
              </ol>
            </>
          }
        />
      )}
      {!isOver(picture.state) && (
        <button
          type="button"
          class="button-outline js-only"
          id="notify"
          data-notify
          aria-pressed="false"
          hidden
        >
          Notify me
          <span class="visually-hidden"> when this run needs me or is over</span>
        </button>
      )}
      {may.finalize && (
        <PostButton
          action={urls.control(id, "finalize")}
          label="Finalize"
          id="finalize"
          look="outline"
          about="(makes the run read-only and forgets its secrets)"
          live
        />
      )}
      {may.unlock && (
        <PostButton
          action={urls.control(id, "unlock")}
          label="Unlock"
          id="unlock"
          look="outline"
          about="(makes the run changeable again)"
          live
        />
      )}
    </section>
  );
};
