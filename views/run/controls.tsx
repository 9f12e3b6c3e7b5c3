import type { RunPicture } from "#core/picture.ts";
import { urls } from "#core/urls.ts";
import { ConfirmButton, PostButton } from "#views/parts/post-button.tsx";

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
      {may.undo && (
        <ConfirmButton
          action={urls.control(id, "undo")}
          ask="Undo…"
          label="Yes, undo what this run made"
          id="undo"
          look="danger"
          live
          confirm={
            <p>
              Goes backwards through the steps and takes back what this run itself made. Nothing else is
              touched.
            </p>
          }
        />
      )}
      {may.finalize && (
        <PostButton
          action={urls.control(id, "finalize")}
          label="Finalize"
          id="finalize"
          look="outline"
          about="(makes the run read-only)"
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
