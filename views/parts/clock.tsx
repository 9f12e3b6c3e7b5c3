import { agoText, durationText, untilText } from "#views/clock-words.js";
import { dateText } from "#views/format.ts";

const iso = (at: number): string => new Date(at).toISOString();

/** `now` null: static/live.js makes the words as soon as they arrive, so that one fragment is right for everybody and for as long as one likes. */
interface ClockProps {
  at: number;
  now: number | null;
}

/** "3 min ago", kept fresh by static/live.js from `data-ago`; the whole date is its title. */
export const Ago = ({ at, now }: ClockProps) => (
  <time datetime={iso(at)} data-ago={at} title={dateText(at)}>
    {now !== null && agoText(now - at)}
  </time>
);

/** Time that has passed since: "2 min 41 s", ticking. */
export const Since = ({ at, now }: ClockProps) => (
  <time datetime={iso(at)} data-since={at} class="ticking" title={`since ${dateText(at)}`}>
    {now !== null && durationText(now - at)}
  </time>
);

/** "in 12 s", counting down. */
export const Until = ({ at, now }: ClockProps) => (
  <time datetime={iso(at)} data-until={at} class="ticking">
    {now !== null && untilText(at - now)}
  </time>
);

/** The date and time of day; static/live.js turns it into the reader's own time zone. */
export const DateTime = ({ at }: { at: number }) => (
  <time datetime={iso(at)} data-date={at}>
    {dateText(at)}
  </time>
);
