import { Cron } from "croner";
import { AppError } from "./errors.ts";

/** When runs start by the clock: by the calendar of a zone, or evenly, counted from the beginning of 1970 in UTC. */
export type Times = { cron: string } | { everyMinutes: number };

export const mostMinutes = 366 * 24 * 60;
const minuteMs = 60_000;

/** Throws AppError("bad-input", …, { field }) where it is not a zone, no five fields, or never comes. */
export const assertTimes = (times: Times, zone: string, now: number): void => {
  if (!isZone(zone))
    throw new AppError(
      "bad-input",
      `“${zone}” is not a time zone that this machine knows. One is written like Europe/Berlin or UTC.`,
      { field: "zone" },
    );
  if ("everyMinutes" in times) {
    if (Number.isInteger(times.everyMinutes) && times.everyMinutes >= 1 && times.everyMinutes <= mostMinutes)
      return;
    throw new AppError("bad-input", "Give a whole number of minutes, from 1 to a year of them.", {
      field: "minutes",
    });
  }
  // Seconds, years and single dates, which croner would take too, are no schedule of ours.
  if (times.cron.trim().split(/\s+/).length !== 5)
    throw new AppError(
      "bad-input",
      "A cron line has five fields: minute, hour, day of the month, month, day of the week. “0 7 * * MON” is every Monday at 07:00.",
      { field: "cron" },
    );
  if (timesAfter(times, zone, now, 1).length === 0)
    throw new AppError("bad-input", `“${times.cron}” never comes. Look at its day and its month.`, {
      field: "cron",
    });
};

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/**
 * The times after a moment, at most so many, earliest first; milliseconds since 1970. A time of day that a change of the clock leaves out
 * comes when that change is over; one that comes twice is taken the first time; what is said of every hour or minute holds for each one that
 * passes.
 */
export const timesAfter = (times: Times, zone: string, after: number, most: number): number[] => {
  if ("everyMinutes" in times) {
    const everyMs = times.everyMinutes * minuteMs;
    const first = (Math.floor(after / everyMs) + 1) * everyMs;
    return Array.from({ length: most }, (_, at) => first + at * everyMs);
  }
  return cronOf(times.cron, zone)
    .nextRuns(most, new Date(after))
    .map((date) => date.getTime());
};

/** The newest of the times after one moment and up to another, at most so many, earliest first; `more` came before them. */
export const timesBetween = (
  times: Times,
  zone: string,
  after: number,
  until: number,
  most: number,
): { times: number[]; more: boolean } => {
  // From ever further back, because all that passed in years are not to be counted one by one.
  for (let backMs = 60 * minuteMs; ; backMs *= 2) {
    const from = Math.max(after, until - backMs);
    const found = upTo(times, zone, from, until);
    if (found.length <= most && from > after) continue;
    return { times: found.slice(-most), more: found.length > most };
  }
};

const upTo = (times: Times, zone: string, after: number, until: number): number[] => {
  const found: number[] = [];
  for (let at = after; ; ) {
    const next = timesAfter(times, zone, at, 1)[0];
    if (next === undefined || next > until) return found;
    found.push(next);
    at = next;
  }
};

const known = new Map<string, Cron>();
const mostKnown = 1_000;

const cronOf = (line: string, zone: string): Cron => {
  const name = `${zone} ${line}`;
  const there = known.get(name);
  if (there !== undefined) return there;
  if (known.size >= mostKnown) known.clear();
  try {
    const made = new Cron(line.trim(), { timezone: zone });
    known.set(name, made);
    return made;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^Cron\w*: /, "") : "it cannot be read";
    throw new AppError("bad-input", `The cron line “${line}” cannot be used: ${why.replace(/\.*$/, ".")}`, {
      field: "cron",
      cause,
    });
  }
};
