import type { RunPicture } from "#core/picture.ts";
import type { Sign } from "#core/time-left/signs.ts";
import { Since, Until } from "#views/parts/clock.tsx";
import { Notice } from "#views/parts/notice.tsx";

const titles = {
  // Of what has more to do, too.
  slow: "Longer than expected",
  silent: "No sign of life for a while",
  stuck: "This may be stuck",
} as const satisfies Record<Sign["kind"], string>;

/** Why somebody may want to look after this run: it is slow, silent or stuck. */
export const SignsCard = ({ picture, now }: { picture: RunPicture; now: number | null }) => {
  const worst = picture.signs.at(-1);
  if (worst === undefined) return null;
  return (
    <Notice tone={worst.kind === "slow" ? "waiting" : "attention"} title={titles[worst.kind]} id="signs-card">
      <ul class="signs" hx-ignore>
        {picture.signs.map((sign) => (
          <li data-kind={sign.kind}>
            {sign.sentence}
            {sign.since !== null && (
              <>
                {" "}
                Silent for <Since at={sign.since} now={now} />.
              </>
            )}
            {sign.nextLookAt !== null && (
              <>
                {" "}
                Next look <Until at={sign.nextLookAt} now={now} />.
              </>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
};
