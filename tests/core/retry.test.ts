import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { neverRetry, nextTryMs, usualRetry } from "#core/retry.ts";

const passing = new AppError("unreachable", "Not there.");
const lasting = new AppError("remote-refused", "No.");

test("only errors that can pass by themselves are tried again", () => {
  expect(nextTryMs(usualRetry, 1, passing, 0)).not.toBeNull();
  expect(nextTryMs(usualRetry, 1, lasting, 0)).toBeNull();
  expect(nextTryMs(neverRetry, 1, passing, 0)).toBeNull();
});

test("the last attempt is not followed by another", () => {
  expect(nextTryMs(usualRetry, usualRetry.attempts, passing, 0)).toBeNull();
});

test("the pause grows, keeps at least half of itself, never exceeds the maximum, and obeys the other side", () => {
  const policy = { attempts: 30, firstMs: 1_000, factor: 2, maxMs: 60_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 29 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const full = Math.min(policy.maxMs, policy.firstMs * 2 ** (attempt - 1));
        const pause = nextTryMs(policy, attempt, passing, random) ?? -1;
        expect(pause).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(pause).toBeLessThanOrEqual(full);
      },
    ),
  );
  const asked = new AppError("remote-busy", "Slow down.", { retryAfterMs: 90_000 });
  expect(nextTryMs(policy, 1, asked, 0)).toBe(90_000);
  const never = new AppError("remote-busy", "Slow down.", { retryAfterMs: 1e15 });
  expect(nextTryMs(policy, 1, never, 0)).toBe(24 * 3_600_000);
});
