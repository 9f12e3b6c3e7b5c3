import type { TellingPreferences } from "#core/notify.ts";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** The minute of the day in a zone: 0 to 1,439. */
export const minuteIn = (zone: string, at: number): number => {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of("hour") * 60 + of("minute");
};

/** "14:02" in a zone. */
export const timeIn = (zone: string, at: number): string => {
  const minute = minuteIn(zone, at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
};

/** When quiet hours that hold at this moment are over; null: none hold. Milliseconds since 1970. */
export const quietUntil = (
  { zone, quiet }: Pick<TellingPreferences, "zone" | "quiet">,
  at: number,
): number | null => {
  if (quiet === null || quiet.from === quiet.until) return null;
  const now = minuteIn(zone, at);
  const { from, until } = quiet;
  const isQuiet = from < until ? now >= from && now < until : now >= from || now < until;
  if (!isQuiet) return null;
  let end = at - (at % minuteMs) + ((until - now + dayMinutes) % dayMinutes) * minuteMs;
  // Where the clocks are set meanwhile, it is another stretch of time to the same minute.
  const off = ((until - minuteIn(zone, end) + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  end += off * minuteMs;
  return end > at ? end : at + minuteMs;
};

/** Throws RangeError for what is no zone. */
export const assertZone = (zone: string): void => void new Intl.DateTimeFormat("en", { timeZone: zone });
