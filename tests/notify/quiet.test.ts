import { expect, it, test } from "vitest";
import { minuteIn, quietUntil, timeIn } from "#notify/quiet.ts";

const at = (iso: string): number => Date.parse(iso);
const minute = 60_000;
const night = { from: 22 * 60, until: 7 * 60 };
const until = (zone: string, quiet: { from: number; until: number } | null, iso: string): string | null => {
  const end = quietUntil({ zone, quiet }, at(iso));
  return end === null ? null : new Date(end).toISOString().slice(0, 16);
};

it("is not quiet without hours, nor between equal ones, nor outside of them", () => {
  expect(until("UTC", null, "2026-03-01T03:00Z")).toBeNull();
  expect(until("UTC", { from: 60, until: 60 }, "2026-03-01T01:00Z")).toBeNull();
  expect(until("UTC", night, "2026-03-01T07:00Z")).toBeNull();
  expect(until("UTC", night, "2026-03-01T21:59:59.999Z")).toBeNull();
});

it("is quiet from the first minute to the last, over midnight too", () => {
  expect(until("UTC", night, "2026-03-01T22:00Z")).toBe("2026-03-02T07:00");
  expect(until("UTC", night, "2026-03-02T06:59:59.999Z")).toBe("2026-03-02T07:00");
  expect(until("UTC", { from: 12 * 60, until: 13 * 60 }, "2026-03-02T12:30Z")).toBe("2026-03-02T13:00");
  expect(until("UTC", { from: 12 * 60, until: 0 }, "2026-03-02T12:30Z")).toBe("2026-03-03T00:00");
});

test.each([
  ["Europe/Berlin", "2026-01-10T23:00Z", "2026-01-11T06:00"],
  ["Europe/Berlin", "2026-07-10T23:00Z", "2026-07-11T05:00"],
  ["America/New_York", "2026-01-10T04:00Z", "2026-01-10T12:00"],
  ["Asia/Kolkata", "2026-01-10T20:00Z", "2026-01-11T01:30"],
  ["Asia/Kathmandu", "2026-01-10T20:00Z", "2026-01-11T01:15"],
  ["Pacific/Kiritimati", "2026-01-10T10:00Z", "2026-01-10T17:00"],
  // The nights in which the clocks are set: an hour shorter, an hour longer, and by half an hour.
  ["Europe/Berlin", "2026-03-28T22:00Z", "2026-03-29T05:00"],
  ["Europe/Berlin", "2026-10-24T21:00Z", "2026-10-25T06:00"],
  ["America/New_York", "2026-03-08T04:00Z", "2026-03-08T11:00"],
  ["America/New_York", "2026-11-01T03:00Z", "2026-11-01T12:00"],
  ["Australia/Lord_Howe", "2026-04-04T12:00Z", "2026-04-04T20:30"],
  ["Australia/Lord_Howe", "2026-10-03T12:00Z", "2026-10-03T20:00"],
])(
  "ends at 07:00 of the clock on the wall in %s, whether it is set that night or not (%s)",
  (zone, from, end) => {
    expect(until(zone, night, from)).toBe(end);
    expect(timeIn(zone, at(`${end}Z`))).toBe("07:00");
  },
);

it("ends when the hour comes that the clock leaves out, and not after it", () => {
  // 02:30 is not there in Berlin that night: the clock goes from 01:59 to 03:00.
  const end = quietUntil({ zone: "Europe/Berlin", quiet: { from: 0, until: 150 } }, at("2026-03-29T00:10Z"));
  expect(end).toBeGreaterThanOrEqual(at("2026-03-29T01:00Z"));
  expect(end).toBeLessThanOrEqual(at("2026-03-29T01:30Z"));
});

it("holds at every minute of nights with and without a change what its end says: quiet before it, not at it", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
  ];
  const hours = [night, { from: 60, until: 180 }, { from: 150, until: 60 }, { from: 1380, until: 1 }];
  const days = [
    "2026-03-28",
    "2026-03-29",
    "2026-10-24",
    "2026-10-25",
    "2026-04-04",
    "2026-09-05",
    "2026-11-29",
  ];
  for (const zone of zones)
    for (const quiet of hours)
      for (const day of days)
        for (let now = at(`${day}T00:00Z`); now < at(`${day}T23:59Z`); now += 37 * minute) {
          const end = quietUntil({ zone, quiet }, now);
          const said = `${zone} ${quiet.from}–${quiet.until} ${new Date(now).toISOString()}`;
          const { from, until: to } = quiet;
          const m = minuteIn(zone, now);
          expect(end !== null, said).toBe(from < to ? m >= from && m < to : m >= from || m < to);
          if (end === null) continue;
          expect(end, said).toBeGreaterThan(now);
          expect(end - now, said).toBeLessThanOrEqual(25 * 60 * minute);
          // At its end it is over, and nobody has to look every minute whether it is.
          expect(quietUntil({ zone, quiet }, end), said).toBeNull();
        }
});
