import type { RunPicture } from "#core/picture.ts";
import type { ToldBefore } from "#core/time-left/changed.ts";
import { durationText } from "#views/clock-words.js";
import { Ago } from "#views/parts/clock.tsx";

export interface SinceLookedProps {
  picture: Pick<RunPicture, "state">;
  told: ToldBefore | null;
  /** The cookie in which the browser keeps when it showed this. */
  cookie: string;
  now: number | null;
}

/**
 * What became of the run's time since whoever looks last did, in this browser. It is of the moment at which they came back, so it stays as
 * it is while they look.
 */
export const SinceLooked = ({ picture, told, cookie, now }: SinceLookedProps) => (
  <p id="run-looked" class="run-looked" data-cookie={cookie}>
    {told !== null && (
      <>
        Since you last looked, <Ago at={told.at} now={now} />,{" "}
        {picture.state === "completed"
          ? `it was completed after ${durationText(told.nowMs)} of work; you were told ${durationText(told.wholeMs)} in all.`
          : `it became ${told.nowMs > told.wholeMs ? "longer" : "shorter"}: ${durationText(told.nowMs)} in all, and you were told ${durationText(told.wholeMs)}.`}{" "}
        {told.because !== null && <span hx-ignore>{told.because}</span>}
      </>
    )}
  </p>
);
