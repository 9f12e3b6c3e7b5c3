import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isMade } from "#core/rules.ts";
import { isOver } from "#core/states.ts";
import { KeepForm } from "#views/kept.tsx";
import { ConfirmButton, once, PostButton } from "#views/parts/post-button.tsx";
import { NewerCodeButton } from "./newer-code.tsx";

/**
 * The verbs that make sense now; those that do not are not there. Retry stands beside the error that it answers, and where it ends a pause
 * before the next try or look it stands at that step. What one most likely wants to do stands in the bar.
 */
export const Controls = ({ picture }: { picture: RunPicture }) => {
  const { id, may } = picture;
  return (
    <section class="controls" id="run-controls" aria-label="Controls of this run">
      {picture.error === null && <NewerCodeButton picture={picture} />}
      {may.retry && picture.error === null && picture.state !== "waiting" && (
        <PostButton action={routes.control.retry.href({ id })} label="Retry" id="retry" look="primary" live />
      )}
      {may.pause && picture.state === "asking" && picture.wish === null && (
        <PostButton action={routes.control.pause.href({ id })} label="Pause" id="pause" live />
      )}
      {picture.wish === "pause" && <span class="wish">Pausing: stops before the next step…</span>}
      {may.cancel && picture.wish !== "cancel" && (
        <ConfirmButton
          action={routes.control.cancel.href({ id })}
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
      {may.startOver && !isOver(picture.state) && picture.wish !== "cancel" && (
        <ConfirmButton
          action={routes.startOver.href({ id })}
          fields={once}
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
      {may.clone && (
        <PostButton
          action={routes.clone.href({ id })}
          fields={once}
          label="Run again"
          id="clone"
          about="with the same input and answers"
          press="a"
        />
      )}
      {may.startOver && isOver(picture.state) && (
        <KeepForm
          action={routes.keepAnswers.href({ id })}
          ask="Keep the answers…"
          id="keep"
          about="Its input and answers are kept on the page of its workflow and at home, where one press starts them. Secrets are not kept."
        />
      )}
      {may.startOver && isOver(picture.state) && (
        <a
          class="button button-outline"
          href={routes.newSchedule.href({ workflow: picture.workflowId, kind: "schedule", like: id })}
          id="schedule"
        >
          Schedule it…
        </a>
      )}
      {may.modify && (
        <a class="button button-outline" href={routes.input.href({ id })} id="modify">
          Change the input…
        </a>
      )}
      {may.undo && (
        <ConfirmButton
          action={routes.control.undo.href({ id })}
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
        <ConfirmButton
          action={routes.control.finalize.href({ id })}
          ask="Finalize…"
          label="Yes, finalize this run"
          id="finalize"
          look="outline"
          live
          confirm={
            <p>
              Nothing of this run can be changed any more, and the secrets that were typed to start it are
              forgotten. “Unlock” makes it changeable again, without them.
            </p>
          }
        />
      )}
      {may.delete && (
        <ConfirmButton
          action={routes.deleteRun.href({ id })}
          ask="Delete…"
          label="Yes, delete this run"
          id="delete"
          look="danger"
          confirm={<WhatStays picture={picture} />}
          chosen={picture.export?.ownerRunId === id && picture.export.filePath !== null && <WithExports />}
        />
      )}
      {may.unlock && (
        <PostButton
          action={routes.control.unlock.href({ id })}
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

const WhatStays = ({ picture }: { picture: RunPicture }) => {
  const made = picture.steps.filter(isMade);
  return (
    <>
      <p>
        Its steps, answers, history and log go, and nobody can bring them back. Estimates of how long such
        runs take no longer learn from it.
      </p>
      {made.length > 0 && (
        <>
          <p>What it made stays where it is, and can no longer be undone from here:</p>
          <ul class="undo-list" hx-ignore>
            {made.map((step) => (
              <li>
                {step.title}
                {step.detail !== null && <small> {step.detail}</small>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
};

const WithExports = () => (
  <label>
    <input type="checkbox" name="exports" value="yes" /> Delete the file that it saved, too. Without this it
    stays under Exports.
  </label>
);
