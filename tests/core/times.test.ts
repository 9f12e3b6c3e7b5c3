import fc from "fast-check";
import { expect, test } from "vitest";
import { type ByClock, decideDue, mostAtOnce, nextTime } from "#core/due.ts";
import { type PlainTimes, plainOf, timesInWords, timesOf } from "#core/plain-times.ts";
import { assertTimes, type Times, timesAfter, timesBetween } from "#core/times.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Zones that set their clocks by an hour, by half an hour, at midnight, never, and off the full hour. */
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "UTC",
] as const;
const someZone = fc.constantFrom(...zones);
const someTime = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });

/** What a wall clock there shows, found by the platform and not by the library that is tested. */
const wallIn = (zone: string) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (at: number) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return { date: `${part.year}-${part.month}-${part.day}`, at: `${part.hour}:${part.minute}` };
  };
};

test("a daily time comes once on every day of its zone, at that time wherever the day has it, and the first time where it has it twice", () => {
  fc.assert(
    fc.property(
      someZone,
      someTime,
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      (zone, from, h, m) => {
        const wall = wallIn(zone);
        const wanted = `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`;
        const found = timesAfter(timesOf({ how: "day", at: wanted }), zone, from, 8);
        const dates = found.map((at) => wall(at).date);
        expect(new Set(dates).size).toBe(8);
        for (const at of found) {
          const before = Array.from({ length: 3 * 60 }, (_, back) => wall(at - (back + 1) * minute));
          if (wall(at).at === wanted)
            expect(before.filter((one) => one.at === wanted && one.date === wall(at).date)).toEqual([]);
          // It is there in no other minute of that day.
          else
            for (let other = at - day; other < at + day; other += minute)
              expect([wall(other).date === wall(at).date, wall(other).at === wanted]).not.toEqual([
                true,
                true,
              ]);
        }
      },
    ),
    { numRuns: 8 },
  );
});

test("what comes every hour, or every few minutes of it, comes in each that passes, also where the clock is set", () => {
  fc.assert(
    fc.property(someZone, someTime, fc.constantFrom(1, 5, 15, 30), (zone, around, step) => {
      const wall = wallIn(zone);
      const from = Math.floor(around / minute) * minute;
      const every = Array.from({ length: 300 }, (_, at) => from + (at + 1) * minute).filter(
        (at) => Number(wall(at).at.slice(3)) % step === 0,
      );
      expect(timesAfter({ cron: `*/${step} * * * *` }, zone, from, every.length)).toEqual(every);
    }),
    { numRuns: 15 },
  );
  for (const [zone, from] of [
    ["Europe/Berlin", Date.UTC(2026, 9, 24, 22)],
    ["Europe/Berlin", Date.UTC(2027, 2, 27, 23)],
  ] as const)
    expect(timesAfter({ cron: "0 * * * *" }, zone, from, 8)).toEqual(
      Array.from({ length: 8 }, (_, at) => from + (at + 1) * hour),
    );
});

const someTimes = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((minutes): PlainTimes => ({ how: "minutes", minutes })),
  fc.constantFrom("02:30", "00:00", "07:05", "23:59").map((at): PlainTimes => ({ how: "day", at })),
  fc
    .subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 })
    .map(
      (days): PlainTimes =>
        days.length === 7 ? { how: "day", at: "07:00" } : { how: "week", days, at: "07:00" },
    ),
  fc.constantFrom("1", "28", "last").map((d): PlainTimes => ({ how: "month", day: d, at: "18:30" })),
  fc
    .constantFrom("*/7 1-3 * * *", "0 0 29 2 *", "15 2 * 3,10 SUN")
    .map((cron): PlainTimes => ({ how: "cron", cron })),
);

test("what a form chose is what it shows again, and says in words", () => {
  fc.assert(
    fc.property(someTimes, (plain) => {
      expect(plainOf(timesOf(plain))).toEqual(plain);
    }),
  );
  const words = (plain: PlainTimes) => timesInWords(timesOf(plain));
  expect(words({ how: "week", days: [1], at: "7:00" })).toBe("every Monday at 07:00");
  expect(words({ how: "week", days: [4, 1], at: "07:00" })).toBe("every Monday and Thursday at 07:00");
  expect(words({ how: "week", days: [1, 2, 3, 4, 5], at: "07:00" })).toBe("every weekday at 07:00");
  expect(words({ how: "minutes", minutes: 120 })).toBe("every 2 hours");
  expect(words({ how: "month", day: "last", at: "18:30" })).toBe("on the last day of every month at 18:30");
  expect(timesInWords({ cron: "0 7 * * MON-WED" })).toBe("every Monday, Tuesday and Wednesday at 07:00");
  expect(timesInWords({ cron: "0 7 * 3 MON" })).toBe("by cron “0 7 * 3 MON”");
});

/** All that passed, one after the other. */
const passed = (times: Times, zone: string, from: number, until: number): number[] => {
  const [next] = timesAfter(times, zone, from, 1);
  return next === undefined || next > until ? [] : [next, ...passed(times, zone, next, until)];
};

test("the newest of what passed are the last of all that passed", () => {
  fc.assert(
    fc.property(someTimes, someZone, someTime, fc.integer({ min: 1, max: 40 }), (plain, zone, from, most) => {
      const times = timesOf(plain);
      const until = from + day;
      const all = passed(times, zone, from, until);
      expect(timesBetween(times, zone, from, until, most)).toEqual({
        times: all.slice(-most),
        more: all.length > most,
      });
    }),
    { numRuns: 10 },
  );
});

const byClock = (over: Partial<ByClock> = {}): ByClock => ({
  times: { cron: "0 7 * * *" },
  zone: "UTC",
  missed: "all",
  withinMs: null,
  ...over,
});

test("however often one looks, each time is decided once and none is left out", () => {
  fc.assert(
    fc.property(
      someTimes,
      someZone,
      someTime,
      fc.array(fc.integer({ min: 1, max: 5 * hour }), { minLength: 1, maxLength: 12 }),
      (plain, zone, from, pauses) => {
        const schedule = byClock({ times: timesOf(plain), zone });
        let [decided, now] = [from, from];
        const found: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const due = decideDue(schedule, decided, now);
          if (due.length >= mostAtOnce) return;
          found.push(...due.map(({ at }) => at));
          decided = due.at(-1)?.at ?? decided;
        }
        expect(found).toEqual(passed(schedule.times, zone, from, now));
        expect(nextTime(schedule, decided)).toBe(timesAfter(schedule.times, zone, now, 1)[0] ?? null);
      },
    ),
    { numRuns: 10 },
  );
});

test("of what was missed one run comes, or one for each, or none, and nothing of what is too long ago", () => {
  const from = Date.UTC(2026, 5, 1, 8);
  const back = Date.UTC(2026, 5, 5, 9);
  const became = (over: Partial<ByClock>, now = back) =>
    decideDue(byClock(over), from, now).map(({ becomes }) => becomes);
  expect(became({ missed: "once" })).toEqual(["missed", "missed", "missed", "run"]);
  expect(became({ missed: "all" })).toEqual(["run", "run", "run", "run"]);
  expect(became({ missed: "skip" })).toEqual(["missed", "missed", "missed", "missed"]);
  expect(became({ missed: "all", withinMs: 30 * hour })).toEqual(["missed", "missed", "run", "run"]);
  expect(became({ missed: "once", withinMs: hour })).toEqual(["missed", "missed", "missed", "missed"]);
  const onTime = Date.UTC(2026, 5, 5, 7, 1);
  expect(became({ missed: "skip" }, onTime)).toEqual(["missed", "missed", "missed", "run"]);
  expect(became({ missed: "once" }, onTime)).toEqual(["missed", "missed", "missed", "run"]);
  const minutes = { times: { cron: "* * * * *" } };
  expect(became({ ...minutes, missed: "once" }, from + 4 * 60_000)).toEqual([
    ...["missed", "missed", "missed", "run"],
  ]);
  // A look that comes a little late has missed nothing.
  expect(became({ ...minutes, missed: "once" }, from + 2 * 60_000)).toEqual(["run", "run"]);
  for (const { becomes, because } of decideDue(byClock({ missed: "once" }), from, back))
    expect(because === null).toBe(becomes === "run");
});

test("a year of minutes that passed unseen takes a moment to decide, and the oldest row says that there were more", () => {
  const began = performance.now();
  const due = decideDue(byClock({ times: { cron: "* * * * *" }, missed: "skip" }), 0, 366 * day);
  const took = performance.now() - began;
  const few = performance.now();
  timesAfter({ cron: "* * * * *" }, "UTC", 0, mostAtOnce);
  expect(took / (performance.now() - few)).toBeLessThan(60);
  expect(due).toHaveLength(mostAtOnce);
  expect(due[0]?.because).toContain("Earlier ones passed too");
  expect(due[1]?.because).not.toContain("Earlier ones");
});

test("what is no schedule is refused with a sentence that names its field", () => {
  const refusal = (times: Parameters<typeof assertTimes>[0], zone = "UTC") => {
    try {
      assertTimes(times, zone, 0);
      return null;
    } catch (error) {
      return (error as { field?: string }).field;
    }
  };
  for (const cron of [
    "0 0 7 * * *",
    "@daily",
    "61 * * * *",
    "x",
    "0 0 31 2 *",
    "2026-12-01T00:00:00",
    "0 7 * * 1,",
  ])
    expect([cron, refusal({ cron })]).toEqual([cron, "cron"]);
  for (const minutes of [0, 1.5, -1, 1e9, Number.NaN])
    expect([minutes, refusal({ everyMinutes: minutes })]).toEqual([minutes, "minutes"]);
  expect(refusal({ cron: "0 7 * * *" }, "Europe/Nowhere")).toBe("zone");
  expect(refusal({ cron: "0 7 * * MON-FRI" }, "Europe/Berlin")).toBe(null);
});
