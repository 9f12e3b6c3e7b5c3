import fc from "fast-check";
import { expect, test } from "vitest";
import { timesInWords, timesOf } from "#core/plain-times.ts";
import { plainTyped } from "#core/times-typed.ts";

const understood = (typed: string) => timesInWords(timesOf(plainTyped(typed)));

test.each([
  ["every Monday 7:00", "every Monday at 07:00"],
  ["Every monday at 7 am", "every Monday at 07:00"],
  ["mondays at 07:00", "every Monday at 07:00"],
  ["at 19:30 every Tue, Thu and Sun", "every Tuesday, Thursday and Sunday at 19:30"],
  ["Monday to Friday at 6:15 p.m.", "every weekday at 18:15"],
  ["mon-fri 6:15pm", "every weekday at 18:15"],
  ["Sat - Mon at noon", "every Monday, Saturday and Sunday at 12:00"],
  ["weekdays at 18:30", "every weekday at 18:30"],
  ["weekends at midnight", "every Saturday and Sunday at 00:00"],
  ["daily at 12:05 am", "every day at 00:05"],
  ["every day, at 12 pm", "every day at 12:00"],
  ["on the 1st of every month at 6 am", "on day 1 of every month at 06:00"],
  ["monthly on the 15th at 23:00", "on day 15 of every month at 23:00"],
  ["on the last day of every month at 23:00", "on the last day of every month at 23:00"],
  ["every 15 minutes", "every 15 minutes"],
  ["hourly", "every hour"],
  ["every 2 days", "every 2 days"],
  ["0 7 * * MON", "every Monday at 07:00"],
  ["0 7 * * 1-5", "every weekday at 07:00"],
  ["30 2 * * 0", "every Sunday at 02:30"],
  ["*/7 1-3 * * *", "by cron “*/7 1-3 * * *”"],
])("“%s” is %s", (typed, words) => {
  expect(understood(typed)).toBe(words);
});

test("what is said in words is understood in the same way", () => {
  const at = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${hour}:${String(minute).padStart(2, "0")}`);
  const days = fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 });
  const day = fc.oneof(fc.constant("last"), fc.integer({ min: 1, max: 28 }).map(String));
  const plain = fc.oneof(
    at.map((time) => ({ how: "day" as const, at: time })),
    fc.tuple(days, at).map(([some, time]) => ({ how: "week" as const, days: some, at: time })),
    fc.tuple(day, at).map(([one, time]) => ({ how: "month" as const, day: one, at: time })),
    fc.integer({ min: 1, max: 100_000 }).map((minutes) => ({ how: "minutes" as const, minutes })),
  );
  fc.assert(
    fc.property(
      plain.filter((one) => one.how !== "minutes" || one.minutes !== 1_440),
      (one) => {
        const words = timesInWords(timesOf(one));
        expect(understood(words)).toBe(words);
      },
    ),
  );
});

test.each([
  ["every Monday", "at what time"],
  ["every day", "at what time"],
  ["", "not understood"],
  ["every Blursday at 7:00", "not understood"],
  ["every Monday at 13 pm", "not understood"],
  ["every second Monday at 7:00", "not understood"],
  ["not on Monday at 7:00", "not understood"],
  ["every Monday at 7:00 and at 9:00", "not understood"],
  ["Monday at 25:00", "time of day"],
  ["on the 31st of every month at 7:00", "every month has"],
  ["5 at 7:00", "not understood"],
  ["tomorrow at 7:00", "not understood"],
])("“%s” is refused with what to write: %s", (typed, says) => {
  expect(() => understood(typed)).toThrow(says);
});
