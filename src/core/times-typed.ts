import { AppError } from "./errors.ts";
import { type PlainTimes, weekdays, weekdaysIn } from "./plain-times.ts";

const examples =
  "“every Monday at 7:00”, “weekdays at 18:30”, “on the 1st of every month at 6 am”, “every 15 minutes”, or a cron line such as “0 7 * * MON”";

/**
 * When, as people write it: how often and at what time of day, in English words, or a cron line. What `timesInWords` says is understood, too.
 * Throws AppError("bad-input", …, { field: "cron" }).
 */
export const plainTyped = (typed: string): PlainTimes => {
  const text = typed.trim().toLowerCase().replace(/\s+/g, " ");
  if (/^[\d*]\S*( \S+){4}$/.test(text)) return { how: "cron", cron: typed };
  const evenly = evenlyIn(text);
  if (evenly !== null) return evenly;
  const [days, at] = withoutTime(text);
  const known = daysIn(days);
  if (known === null) throw refused(`“${typed.trim()}” is not understood. Write it like ${examples}.`);
  if (at === null) throw refused(`Say at what time of day, too. Write it like ${examples}.`);
  return { ...known, at };
};

const inMinutes: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1_440 };

const evenlyIn = (text: string): PlainTimes | null => {
  if (text === "hourly") return { how: "minutes", minutes: 60 };
  const [, count = "1", unit = ""] = /^every (?:(\d{1,6}) )?(minute|hour|day)s?$/.exec(text) ?? [];
  const minutes = Number(count) * (inMinutes[unit] ?? 0);
  // “Every day” lacks the time of day; every two days are counted evenly.
  return minutes === 0 || (unit === "day" && count === "1") ? null : { how: "minutes", minutes };
};

const timeRule =
  /(?:^|\s)(?:at )?(?:(noon|midnight)|(\d{1,2}):(\d{2})(?: ?([ap])\.?m\.?)?|(\d{1,2}) ?([ap])\.?m\.?)(?=$|\s|,)/;

/** What is left without the time of day, and that as "07:00". */
const withoutTime = (text: string): readonly [string, string | null] => {
  const found = timeRule.exec(text);
  if (found === null) return [text, null];
  const [whole, word, hour, minute, half, plainHour, plainHalf] = found;
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + whole.length)}`;
  if (word !== undefined) return [rest, word === "noon" ? "12:00" : "00:00"];
  const halfOfDay = half ?? plainHalf;
  const given = Number(hour ?? plainHour);
  if (halfOfDay !== undefined && (given < 1 || given > 12)) return [text, null];
  const hours = halfOfDay === undefined ? given : (given % 12) + (halfOfDay === "p" ? 12 : 0);
  return [rest, `${hours}:${minute ?? "00"}`];
};

type Days = { how: "day" } | { how: "week"; days: readonly number[] } | { how: "month"; day: string };

const everyDay = /^(?:every ?day|daily)$/;
const monthly =
  /^(?:monthly |(?:every|each) month |)on (?:the )?(?:day )?(last day|last|\d{1,2})(?:st|nd|rd|th)?(?: day)?( of (?:every|each|the) month)?$/;

const daysIn = (text: string): Days | null => {
  const words = text.replace(/[,\s]+/g, " ").trim();
  if (everyDay.test(words)) return { how: "day" };
  const [, day, ofMonth] = monthly.exec(words) ?? [];
  if (day !== undefined && (ofMonth !== undefined || /month/.test(words)))
    return { how: "month", day: day.startsWith("last") ? "last" : String(Number(day)) };
  const names = words
    .replace(/^(?:every|each|on|weekly on) /, "")
    .replace(/ ?- ?| (?:to|through) /g, "-")
    .split(/ and | /)
    .map((name) => (name === "and" ? "" : name))
    .filter((name) => name !== "");
  const days = names.map(daysCalled);
  return days.length === 0 || days.includes(null)
    ? null
    : { how: "week", days: days.flatMap((one) => one ?? []) };
};

/** "weekdays", "mon", "mondays", "mon-fri". */
const daysCalled = (name: string): readonly number[] | null => {
  if (/^(?:weekday|workday|working-day)s?$/.test(name)) return [1, 2, 3, 4, 5];
  if (/^weekends?$/.test(name)) return [6, 7];
  const plain = name
    .split("-")
    .map((one) => weekdays.find((day) => one === `${day.toLowerCase()}s`)?.toLowerCase() ?? one);
  const isName = (one: string) =>
    weekdays.some((day) => one.length >= 3 && day.toLowerCase().startsWith(one));
  return plain.length <= 2 && plain.every(isName)
    ? weekdaysIn(plain.map((one) => one.slice(0, 3)).join("-"))
    : null;
};

const refused = (sentence: string): AppError => new AppError("bad-input", sentence, { field: "cron" });
