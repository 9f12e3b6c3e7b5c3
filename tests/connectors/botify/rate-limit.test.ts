import { describe, expect, it } from "vitest";
import { createRateLimit, rateLimitOf } from "#connectors/botify/rate-limit.ts";
import type { Clock } from "#core/clock.ts";
import { never, rejection } from "../http/servers.ts";

/** Time that stands still until somebody waits, and then jumps there. */
const jumpingClock = (): Clock & { set(ms: number): void } => {
  let now = 1_000_000;
  return {
    now: () => now,
    set: (ms) => {
      now = ms;
    },
    after: (ms, call) => {
      const timer = setImmediate(() => {
        now += ms;
        call();
      });
      return () => clearImmediate(timer);
    },
  };
};

describe("rate limit", () => {
  it("lets at most 5 requests through in any second, in the order of asking", async () => {
    const clock = jumpingClock();
    const limit = createRateLimit(clock);
    const left: { who: number; at: number }[] = [];
    await Promise.all(
      Array.from({ length: 23 }, async (_, who) => {
        await limit.turn(never);
        left.push({ who, at: clock.now() });
      }),
    );
    expect(left.map(({ who }) => who)).toEqual(Array.from({ length: 23 }, (_, who) => who));
    for (const { at } of left)
      expect(left.filter((other) => other.at >= at && other.at < at + 1_000).length).toBeLessThanOrEqual(5);
    expect((left.at(-1)?.at ?? 0) - (left[0]?.at ?? 0)).toBeLessThan(4_500);
  });

  it("holds everybody back during a break", async () => {
    const clock = jumpingClock();
    const limit = createRateLimit(clock);
    const start = clock.now();
    limit.takeBreak(8_000);
    await Promise.all([limit.turn(never), limit.turn(never)]);
    expect(clock.now() - start).toBe(8_000);
  });

  it("lets a request that gave up neither block nor use up a turn of the others", async () => {
    const clock = jumpingClock();
    const limit = createRateLimit(clock);
    await Promise.all(Array.from({ length: 5 }, () => limit.turn(never)));
    const stop = new AbortController();
    const impatient = rejection(limit.turn(stop.signal));
    const patient = limit.turn(never);
    stop.abort();
    expect(await impatient).toMatchObject({ code: "cancelled" });
    await patient;
  });

  it("waits no longer than its window when the clock is set back by an hour", async () => {
    const clock = jumpingClock();
    const limit = createRateLimit(clock);
    await Promise.all(Array.from({ length: 5 }, () => limit.turn(never)));
    const before = clock.now() - 3_600_000;
    clock.set(before);
    await limit.turn(never);
    expect(clock.now() - before).toBeLessThan(2_000);
  });

  it("is one and the same for all clients of an account, and another for another token", () => {
    const url = new URL("https://api.example/v1/");
    expect(rateLimitOf(url, "a")).toBe(rateLimitOf(new URL(url), "a"));
    expect(rateLimitOf(url, "a")).not.toBe(rateLimitOf(url, "b"));
  });
});
