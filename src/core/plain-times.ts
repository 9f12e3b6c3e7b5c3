import { AppError } from "./errors.ts";
import type { Times } from "./times.ts";

/** Times as a form asks for them; `days` are 1 (Monday) to 7, `day` of the month "1" to "28" or "last", `at` is "07:00". */
export type PlainTimes =
  | { how: "minutes"; minutes: number }
  | { how: "day"; at: string }
  | { how: "week"; days: readonly number[]; at: string }
  | { how: "month"; day: string; at: string }
  | { how: "cron"; cron: string };

export const weekdays = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;
const lastPlainDay = 28;

/** Throws AppError("bad-input", …, { field }) where a part of it is missing. */
export const timesOf = (plain: PlainTimes): Times => {
  switch (plain.how) {
    case "minutes":
      return { everyMinutes: plain.minutes };
    case "cron":
      return { cron: plain.cron.trim().replace(/\s+/g, " ") };
    case "day":
      return { cron: `${clockOf(plain.at)} * * *` };
    case "week": {
      const days = [...new Set(plain.days)].filter((day) => weekdays[day - 1] !== undefined).sort();
      if (days.length === 0)
        throw new AppError("bad-input", "Choose at least one day of the week.", { field: "days" });
      return { cron: `${clockOf(plain.at)} * * ${days.join()}` };
    }
    case "month": {
      const isPlain = plain.day === "last" || (/^\d+$/.test(plain.day) && isDay(Number(plain.day)));
      if (!isPlain)
        throw new AppError(
          "bad-input",
          `Choose a day that every month has: 1 to ${lastPlainDay}, or the last.`,
          { field: "day" },
        );
      return { cron: `${clockOf(plain.at)} ${plain.day === "last" ? "L" : Number(plain.day)} * *` };
    }
    default:
      return plain satisfies never;
  }
};

/** The same the other way round, so that a form shows what was chosen. */
export const plainOf = (times: Times): PlainTimes => {
  if ("everyMinutes" in times) return { how: "minutes", minutes: times.everyMinutes };
  const { cron } = times;
  const [, minute, hour, day, days] = /^(\d{1,2}) (\d{1,2}) (\*|L|\d{1,2}) \* ([*\w,-]+)$/.exec(cron) ?? [];
  const isClock = Number(hour) < 24 && Number(minute) < 60;
  if (hour === undefined || minute === undefined || !isClock) return { how: "cron", cron };
  const at = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day === "*" && days === "*") return { how: "day", at };
  const named = day === "*" && days !== undefined ? weekdaysIn(days) : null;
  if (named !== null) return { how: "week", days: named, at };
  if (days === "*" && day === "L") return { how: "month", day: "last", at };
  if (days === "*" && isDay(Number(day))) return { how: "month", day: String(Number(day)), at };
  return { how: "cron", cron };
};

/** The days of a cron line's last field, 1 (Monday) to 7 in order: "1,3", "MON-FRI", "0"; null where it says anything else. */
export const weekdaysIn = (field: string): readonly number[] | null => {
  const days = new Set<number>();
  for (const part of field.split(",")) {
    const [from, to = from] = part.split("-").map(numberOfDay);
    if (from === undefined || to === undefined || part.split("-").length > 2) return null;
    for (let day = from; ; day = (day % 7) + 1) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].sort();
};

const numberOfDay = (text: string): number | undefined => {
  if (/^[0-7]$/.test(text)) return Number(text) || 7;
  const at = weekdays.findIndex((day) => day.slice(0, 3).toLowerCase() === text.toLowerCase());
  return at === -1 ? undefined : at + 1;
};

/** "every Monday at 07:00". */
export const timesInWords = (times: Times): string => {
  const plain = plainOf(times);
  switch (plain.how) {
    case "minutes":
      return everyWords(plain.minutes);
    case "day":
      return `every day at ${plain.at}`;
    case "week":
      return plain.days.join() === "1,2,3,4,5"
        ? `every weekday at ${plain.at}`
        : `every ${listed(plain.days.map((day) => weekdays[day - 1] ?? ""))} at ${plain.at}`;
    case "month":
      return `on ${plain.day === "last" ? "the last day" : `day ${plain.day}`} of every month at ${plain.at}`;
    case "cron":
      return `by cron “${plain.cron}”`;
    default:
      return plain satisfies never;
  }
};

const everyWords = (minutes: number): string => {
  for (const [unit, inMinutes] of [
    ["day", 1440],
    ["hour", 60],
    ["minute", 1],
  ] as const)
    if (minutes % inMinutes === 0)
      return minutes === inMinutes ? `every ${unit}` : `every ${minutes / inMinutes} ${unit}s`;
  return `every ${minutes} minutes`;
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const isDay = (day: number): boolean => day >= 1 && day <= lastPlainDay;

/** "0 7" for "07:00". */
const clockOf = (at: string): string => {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(at.trim()) ?? [];
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59)
    throw new AppError("bad-input", "Give a time of day such as 07:00 or 18:30.", { field: "at" });
  return `${Number(minute)} ${Number(hour)}`;
};
