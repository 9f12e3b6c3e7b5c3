import type { RunPicture } from "#core/picture.ts";
import { DateTime } from "#views/parts/clock.tsx";
import { Notice } from "#views/parts/notice.tsx";

/** While the store refuses what happened, this page shows less than is true: it says so. */
export const UnrecordedCard = ({ picture: { unrecorded } }: { picture: RunPicture }) =>
  unrecorded === null ? null : (
    <Notice
      tone="attention"
      title="What happens cannot be written down now"
      id="unrecorded-card"
      role="alert"
    >
      <p>
        Since <DateTime at={unrecorded.since} />: <span hx-ignore>{unrecorded.because}</span>
      </p>
      <p>
        Milepost tries again and again, and nothing is done twice meanwhile. Until then this page shows what
        was so before.
      </p>
    </Notice>
  );
