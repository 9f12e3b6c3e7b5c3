import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { givenUp, neverRetry, nextTryMs, usualRetry } from "#core/retry.ts";

const passing = new AppError("unreachable", "Not there.");
const lasting = new AppError("remote-refused", "No.");

test("only errors that can pass by themselves are tried again", () => {
  expect(nextTryMs(usualRetry, { tries: 1 }, passing, 0)).not.toBeNull();
  expect(nextTryMs(usualRetry, { tries: 1 }, lasting, 0)).toBeNull();
  expect(nextTryMs(neverRetry, { tries: 1 }, passing, 0)).toBeNull();
});

test("while the database of Milepost itself is away, a step is tried again for a quarter of an hour, whatever its workflow says", () => {
  const away = new AppError("store-busy", "PostgreSQL cannot be reached.");
  for (const policy of [usualRetry, neverRetry]) {
    expect(nextTryMs(policy, { tries: 30, restedMs: 899_999 }, away, 0)).not.toBeNull();
    expect(nextTryMs(policy, { tries: 30, restedMs: 900_000 }, away, 0)).toBeNull();
  }
});

test("the last attempt is not followed by another", () => {
  expect(nextTryMs(usualRetry, { tries: usualRetry.attempts }, passing, 0)).toBeNull();
});

test("the pause grows, keeps at least half of itself, never exceeds the maximum, and obeys the other side", () => {
  const policy = { attempts: 30, firstMs: 1_000, factor: 2, maxMs: 60_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 29 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (tries, random) => {
        const full = Math.min(policy.maxMs, policy.firstMs * 2 ** (tries - 1));
        const pause = nextTryMs(policy, { tries }, passing, random) ?? -1;
        expect(pause).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(pause).toBeLessThanOrEqual(full);
      },
    ),
  );
  const asked = new AppError("remote-busy", "Slow down.", { retryAfterMs: 90_000 });
  expect(nextTryMs(policy, { tries: 1 }, asked, 0)).toBe(90_000);
  const never = new AppError("remote-busy", "Slow down.", { retryAfterMs: 1e15 });
  expect(nextTryMs(policy, { tries: 1 }, never, 0)).toBe(24 * 3_600_000);
});

test("where an outage is waited out, the time between tries decides, and the end says how long it was", () => {
  const policy = { ...usualRetry, forMs: 60_000 };
  expect(nextTryMs(policy, { tries: 40, restedMs: 59_999 }, passing, 0)).not.toBeNull();
  expect(nextTryMs(policy, { tries: 40, restedMs: 60_000 }, passing, 0)).toBeNull();
  // Short rests alone are no end: the usual number of tries is had in any case.
  expect(nextTryMs(policy, { tries: 3, restedMs: 60_000 }, passing, 0)).not.toBeNull();
  expect(nextTryMs(policy, { tries: 1, restedMs: 0 }, lasting, 0)).toBeNull();
  expect(givenUp(policy, { tries: 40, restedMs: 60_000 }, passing).message).toBe(
    "Not there. It was tried 40 times within 1 min.",
  );
  expect(givenUp(usualRetry, { tries: 4 }, passing)).toBe(passing);
});
