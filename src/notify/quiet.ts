import type { TellingPreferences } from "#core/notify.ts";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

const clocks = new Map<string, Intl.DateTimeFormat>();
const mostClocks = 100;

/** One is slow to make, and each message asks for one. */
const clockOf = (timeZone: string): Intl.DateTimeFormat => {
  const there = clocks.get(timeZone);
  if (there !== undefined) return there;
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const made = new Intl.DateTimeFormat("en-GB", { timeZone, ...time });
  if (clocks.size >= mostClocks) clocks.clear();
  clocks.set(timeZone, made);
  return made;
};

/** The minute of the day in a zone: 0 to 1,439. */
export const minuteIn = (zone: string, at: number): number => {
  const parts = clockOf(zone).formatToParts(at);
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
  const { from, until } = quiet;
  const isQuiet = (minute: number) =>
    from < until ? minute >= from && minute < until : minute >= from || minute < until;
  const now = minuteIn(zone, at);
  if (!isQuiet(now)) return null;
  const end = at - (at % minuteMs) + ((until - now + dayMinutes) % dayMinutes) * minuteMs;
  // Where the clocks are set meanwhile, it is another stretch of time to the same minute, which they may even leave out.
  const off = ((until - minuteIn(zone, end) + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  const ends = [end + off * minuteMs, end].filter((one) => one > at && !isQuiet(minuteIn(zone, one)));
  return ends[0] ?? at + minuteMs;
};

/** Throws RangeError for what is no zone. */
export const assertZone = (zone: string): void => void new Intl.DateTimeFormat("en", { timeZone: zone });
