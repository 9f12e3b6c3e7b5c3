import type { FileColumn, Reader } from "./csv-column.ts";
import { monthNamed } from "./months.ts";
import { Refusal } from "./refusal.ts";

export type Order = "day" | "month";

const date =
  /^(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})\.?(?:[T ,]+(\d{1,2}:\d\d(?::\d\d)?)(?:\.0+)?\s*([ap]m)?(Z|[+-]\d\d:?\d\d)?)?$/i;
/** “31. Dezember 2025”, “31-Dec-25” and “Dec 31, 2025”. */
const dayThenMonth = /^(\d{1,2})(?:st|nd|rd|th)?[. -]*(?:de )?(\p{L}{3,})\.?[ ,-]*(?:de )?(\d{4}|\d\d)\b/u;
const monthThenDay = /^(\p{L}{3,})\.?[ -]*(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4})\b/u;

/** Whether day or month comes first where slashes or hyphens part them, told by all dates of the file; null: no date tells. */
export const dayOrder = (columns: readonly Pick<FileColumn, "cells">[]): Order | null => {
  const found = new Set<Order>();
  for (const { cells } of columns)
    for (const cell of cells) {
      const [, first = "", mark, second] = date.exec(cell.trim()) ?? [];
      if (mark === undefined || mark === "." || first.length > 2) continue;
      if (Number(first) > 12) found.add("day");
      if (Number(second) > 12) found.add("month");
    }
  const [only = null] = found;
  return found.size === 1 ? only : null;
};

/** Reads dates, or times on the clock; those that all tell their zone are read as the time in UTC. */
export const dateReader = (
  { heading, cells }: Pick<FileColumn, "heading" | "cells">,
  type: "date" | "timestamp",
  order: Order | null,
): Reader => {
  const areZoned = cells.every((cell) => cell.trim() === "" || zoneOf(cell.trim()) !== "");
  return (text) => {
    const [, first = "", mark = "", second = "", third = "", time = "", half, zone = ""] =
      date.exec(inDigits(text)) ?? [];
    if (mark === "" || (zone !== "" && !areZoned)) return text;
    const isIso = first.length === 4;
    if (
      !isIso &&
      mark !== "." &&
      order === null &&
      Number(first) <= 12 &&
      Number(second) <= 12 &&
      first !== second
    )
      throw new Refusal(
        "bad-input",
        `“${heading}” has dates like ${text}, and no date of this file tells whether the day or the month comes first. Write them as 2026-03-01 or 1.3.2026.`,
      );
    const isDayFirst = mark === "." || order !== "month";
    const [year, month, day] = isIso
      ? [first, second, third]
      : isDayFirst
        ? [fullYear(third), second, first]
        : [fullYear(third), first, second];
    const at = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const clock = time === "" ? "" : clockOf(time, half?.toLowerCase());
    if (type === "date") return clock === "" || clock === "00:00:00" ? at : text;
    return inUtc(`${at}T${clock === "" ? "00:00:00" : clock}`, zone) ?? text;
  };
};

/** The zone that a time of a file tells, "" where it tells none. */
export const zoneOf = (text: string): string => date.exec(text)?.[7] ?? "";

/** Also of eight digits, and of a month by its name. */
const inDigits = (text: string): string => {
  const compact = text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  if (compact !== text || !/\p{L}{3}/u.test(text)) return compact;
  const [named, day = "", month = "", year = ""] = dayThenMonth.exec(text) ?? [];
  const [other, month2 = "", day2 = "", year2 = ""] = monthThenDay.exec(text) ?? [];
  const number = monthNamed(named === undefined ? month2 : month);
  if (number === null) return text;
  const rest = text.slice((named ?? other ?? "").length);
  return named === undefined ? `${day2}.${number}.${year2}${rest}` : `${day}.${number}.${year}${rest}`;
};

const inUtc = (wall: string, zone: string): string | null => {
  if (zone === "") return wall;
  const at = Date.parse(`${wall}${zone.replace(/(\d\d)(\d\d)$/, "$1:$2").toUpperCase()}`);
  return Number.isNaN(at) ? null : new Date(at).toISOString().slice(0, 19);
};

const fullYear = (year: string): string =>
  year.length === 2 ? `${Number(year) < 70 ? "20" : "19"}${year}` : year;

const clockOf = (time: string, half: string | undefined): string => {
  const [hour = "", minute = "", second = "00"] = time.split(":");
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === "pm" ? 12 : 0);
  return `${String(hours).padStart(2, "0")}:${minute}:${second}`;
};
