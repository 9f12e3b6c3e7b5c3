import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countText, plural } from "#core/plural.ts";
import { agoText, durationText, untilText } from "#views/clock-words.js";
import {
  bytesOfText,
  bytesText,
  intervalText,
  progressText,
  shortText,
  timeLeftText,
} from "#views/format.ts";

const minute = 60_000;
const hour = 60 * minute;

describe("numbers as people read them", () => {
  it("gives sizes in decimal units with one digit until three stand before the point", () => {
    expect([0, 999, 1000, 29_114_302, 150_000_000, 3.2e12].map(bytesText)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "29.1 MB",
      "150 MB",
      "3.2 TB",
    ]);
  });

  it("gives done and total in the same unit", () => {
    expect(bytesOfText(12_300_000, 29_100_000)).toBe("12.3 of 29.1 MB");
    expect(bytesOfText(500, 29_100_000)).toBe("0.0 of 29.1 MB");
  });

  it("gives durations in their two largest units", () => {
    expect(
      [0, 412, 12_400, minute, 4 * minute + 12_000, 2 * hour + 5 * minute, 76 * hour].map(durationText),
    ).toEqual(["under 0.1 s", "0.4 s", "12 s", "1 min", "4 min 12 s", "2 h 5 min", "3 d 4 h"]);
  });

  it("never shows a negative time, even when a clock is behind", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (ms) => {
        for (const say of [durationText, agoText, untilText]) expect(say(ms)).not.toContain("-");
      }),
    );
  });

  it("says now when something is due, and counts down in whole seconds before", () => {
    expect([-5, 400, 5200, 12_000].map(untilText)).toEqual(["now", "now", "in 6 s", "in 12 s"]);
  });

  it("tells the middle of what is left and the range that four of five runs keep to", () => {
    const left = (p10Ms: number, p50Ms: number, p90Ms: number, runs = 14) =>
      timeLeftText({ p10Ms, p50Ms, p90Ms, runs });
    expect(left(190_000, 240_000, 290_000)).toBe("about 4 min left (3–5 min in four of five runs like this)");
    expect(left(1.5 * hour, 2.2 * hour, 3 * hour)).toBe(
      "about 2.2 h left (1–3 h in four of five runs like this)",
    );
    expect(left(2_000, 3_000, 5_000)).toBe("2–5 s left");
  });

  it("gives a range that helps nobody up for its reason", () => {
    const told = { p10Ms: 1_000, p50Ms: 30_000, p90Ms: 83_000 };
    expect(timeLeftText({ ...told, runs: 18 })).toBe("about 30 s left (the last 18 runs differ widely)");
    expect(timeLeftText({ ...told, runs: 1 })).toBe("about 30 s left (there is one past run only)");
  });

  it("never promises less at the top of the interval than at its bottom", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), (low, more) => {
        const [, from, to] = /^(\d+)–(\d+) /.exec(intervalText(low, low + more)) ?? [];
        if (from !== undefined) expect(Number(to)).toBeGreaterThan(Number(from));
      }),
    );
  });

  it("says percent, amount and speed of a step's progress, and only those that are known", () => {
    const bytes = {
      done: 12_300_000,
      total: 29_100_000,
      what: "from a.example",
      unit: "bytes",
      perSecond: 4_200_000,
    } as const;
    expect(progressText(bytes)).toBe("from a.example 42 % · 12.3 of 29.1 MB · 4.2 MB/s");
    expect(progressText({ done: 1, total: 3, what: "saved", unit: "rows", perSecond: null })).toBe(
      "saved 33 % · 1 of 3 rows",
    );
    expect(progressText({ done: 2, total: 16, what: "tables", unit: "items", perSecond: null })).toBe(
      "tables 12 % · 2 of 16",
    );
  });

  it("says what was counted as one reads it where the end is not known", () => {
    const crawl = {
      total: null,
      what: "pages read, 64 known so far",
      unit: "items",
      perSecond: null,
    } as const;
    expect(progressText({ done: 16, ...crawl })).toBe("16 pages read, 64 known so far");
    expect(progressText({ done: 0, ...crawl, what: "looking around" })).toBe("looking around");
    const bytes = { done: 12_300_000, total: null, what: "from a.example", unit: "bytes" } as const;
    expect(progressText({ ...bytes, perSecond: 4_200_000 })).toBe("12.3 MB from a.example · 4.2 MB/s");
  });

  it("counts with separators and the right noun", () => {
    expect([countText(1_234_567), plural(1, "row"), plural(28_901, "row")]).toEqual([
      "1,234,567",
      "1 row",
      "28,901 rows",
    ]);
  });

  it("cuts long titles and leaves short ones alone", () => {
    expect([shortText("short", 10), shortText("a long title", 8)]).toEqual(["short", "a long…"]);
  });
});
