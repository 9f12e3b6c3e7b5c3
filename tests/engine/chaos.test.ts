import fc from "fast-check";
import { test } from "vitest";
import { deaths, deeds, live } from "./chaos/live.ts";
import { misbehaving } from "./chaos/misbehaving.ts";
import { assertPromises } from "./chaos/promises.ts";

test("whatever authors' functions do, whoever presses what and whenever the server dies: every run ends, asks or is paused, and tells each attempt", async () => {
  await fc.assert(
    fc.asyncProperty(misbehaving, deeds, deaths, async (plan, script, dying) =>
      assertPromises(plan, await live(plan, script, dying)),
    ),
    { numRuns: Number(process.env.N ?? 20), endOnFailure: process.env.SHRINK === undefined },
  );
});
