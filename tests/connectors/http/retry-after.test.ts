import { expect, it } from "vitest";
import { retryAfterMs } from "#connectors/http/retry-after.ts";

const date = "Sun, 01 Mar 2026 12:00:00 GMT";
const now = Date.parse("2020-01-01T00:00:00Z");

it.each([
  ["seconds", "120", date, 120_000],
  ["no seconds", "0", date, 0],
  ["a fraction", "1.5", date, 1_500],
  ["blanks round it", " 7 ", date, 7_000],
  ["a date, against the server's own clock", "Sun, 01 Mar 2026 12:01:30 GMT", date, 90_000],
  ["a date, against ours where the server tells no time", "Wed, 01 Jan 2020 00:00:05 GMT", undefined, 5_000],
  ["a date that has passed", "Sun, 01 Mar 2026 11:00:00 GMT", date, 0],
  ["an old kind of date", "Sunday, 01-Mar-26 12:00:10 GMT", date, 10_000],
  ["nothing", undefined, date, undefined],
  ["an empty value", "", date, undefined],
  ["a negative number", "-5", date, undefined],
  ["words", "a while", date, undefined],
])("a Retry-After of %s is read as meant", (_, asked, sent, ms) => {
  expect(retryAfterMs({ "retry-after": asked, date: sent }, now)).toBe(ms);
});
