import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { behindSentence } from "#core/turn.ts";
import { Notice } from "#views/parts/notice.tsx";

/** Its next step needs what another run has: which one, and how long still where that is known. */
export const BehindCard = ({ picture: { behind } }: { picture: RunPicture }) =>
  behind === null ? null : (
    <Notice tone="waiting" title="Waits for its turn" id="behind-card">
      <p>
        <a href={routes.run.href({ id: behind.runId })} hx-ignore>
          {behindSentence(behind)}
        </a>{" "}
        It goes on by itself.
      </p>
    </Notice>
  );
