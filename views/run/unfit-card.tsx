import type { RunPicture } from "#core/picture.ts";
import { isOver } from "#core/states.ts";
import { Notice } from "#views/parts/notice.tsx";

/** Its workflow is not the one that it began with: nobody is asked for what would only be refused. */
export const UnfitCard = ({ picture: { unfit, state, finalizedAt, may, steps } }: { picture: RunPicture }) =>
  unfit === null || finalizedAt !== null || (isOver(state) && state !== "failed") ? null : (
    <Notice tone="attention" title="This run cannot go on" id="unfit-card" role="alert">
      <p>{unfit}</p>
      <p>
        {!may.cancel ? "" : may.startOver ? "Cancel it, and start a new one. " : "Cancel it. "}
        {steps.some((step) => step.undoable && step.state === "completed")
          ? "What it made stays where it is: remove that by hand. "
          : ""}
        It goes on when the Milepost, or the file, that it began with is back.
      </p>
    </Notice>
  );
