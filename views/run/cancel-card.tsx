import type { RunPicture } from "#core/picture.ts";
import { isOver } from "#core/states.ts";
import { durationText } from "#views/clock-words.js";
import { DateTime, Since } from "#views/parts/clock.tsx";
import { Notice } from "#views/parts/notice.tsx";

/** The receipt of a cancel: asked, signal sent, confirmed, each with its time; or why we cannot be sure. */
export const CancelCard = ({ picture, now }: { picture: RunPicture; now: number | null }) => {
  const { cancel } = picture;
  if (cancel === null) return null;
  const settled = cancel.confirmedAt !== null || cancel.unconfirmed !== null;
  const step = picture.steps.find((one) => one.id === cancel.stepId);
  const after = (at: number) => <small class="after">+{durationText(at - cancel.askedAt)}</small>;
  return (
    <Notice
      tone={cancel.unconfirmed !== null ? "attention" : "paused"}
      title={
        cancel.unconfirmed !== null
          ? "Cancelled, but not confirmed"
          : settled || isOver(picture.state)
            ? "Cancelled"
            : "Cancelling…"
      }
      id="cancel-card"
    >
      <ol class="receipt">
        <li data-done>
          Asked by <span hx-ignore>{cancel.by}</span>, <DateTime at={cancel.askedAt} />
        </li>
        {cancel.signalledAt !== null ? (
          <li data-done>
            Stop signal sent{step && <> to “{step.title}”</>} {after(cancel.signalledAt)}
          </li>
        ) : (
          !isOver(picture.state) && <li>Stop signal not sent yet</li>
        )}
        {cancel.confirmedAt !== null && (
          <li data-done>Confirmed: it has stopped {after(cancel.confirmedAt)}</li>
        )}
        {cancel.unconfirmed !== null && (
          <li data-doubt hx-ignore>
            Could not confirm that it stopped: {cancel.unconfirmed}
          </li>
        )}
        {!settled && !isOver(picture.state) && (
          <li>
            Waiting for the confirmation, <Since at={cancel.askedAt} now={now} />
          </li>
        )}
      </ol>
      {cancel.note !== null && <p hx-ignore>{cancel.note}</p>}
    </Notice>
  );
};
