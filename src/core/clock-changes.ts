import { plainOf } from "./plain-times.ts";
import { type Times, timesAfter } from "./times.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Where within a year a zone's clocks are set so that a time of day is left out or comes twice: what comes of that, a sentence each. */
export const clockChanges = (times: Times, zone: string, now: number): string[] => {
  const plain = plainOf(times);
  if (!("at" in plain)) return [];
  return changesIn(zone, now).flatMap(({ at, byMs }) => {
    const due = timesAfter(times, zone, at - dayMs, 2).find((one) => Math.abs(one - at) < dayMs / 2);
    if (due === undefined) return [];
    const day = dayIn(zone, due);
    if (byMs > 0 && clockIn(zone, due) !== plain.at)
      return [
        `On ${day} there is no ${plain.at}, because the clocks are set forward: it starts at ${clockIn(zone, due)}.`,
      ];
    if (byMs < 0 && clockIn(zone, due - byMs) === plain.at)
      return [
        `On ${day} ${plain.at} comes twice, because the clocks are set back: it starts the first time.`,
      ];
    return [];
  });
};

/** "Mon, 7 Dec 2026, 07:00" on the clocks of a zone. */
export const zonedText = (at: number, zone: string): string => `${dayIn(zone, at)}, ${clockIn(zone, at)}`;

const changesIn = (zone: string, now: number): { at: number; byMs: number }[] => {
  const found: { at: number; byMs: number }[] = [];
  for (let day = now; day < now + 366 * dayMs; day += dayMs) {
    const byMs = aheadMs(zone, day + dayMs) - aheadMs(zone, day);
    if (byMs === 0) continue;
    let [before, after] = [day, day + dayMs];
    while (after - before > minuteMs) {
      const middle = Math.floor((before + after) / 2);
      if (aheadMs(zone, middle) === aheadMs(zone, day)) before = middle;
      else after = middle;
    }
    found.push({ at: after, byMs });
  }
  return found;
};

/** How far a zone's clocks are ahead of UTC. */
const aheadMs = (zone: string, at: number): number => {
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / minuteMs) * minuteMs;
};

const formatOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });

const clockIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);

const dayIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(at);
