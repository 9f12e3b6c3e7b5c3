import fc from "fast-check";
import { expect, test } from "vitest";
import { createCounters } from "#web/live/counters.ts";
import { createMadeOnce } from "#web/live/made-once.ts";
import { createRenderings } from "#web/live/renderings.ts";

test("a version is made once, however many ask while it is made and afterwards", async () => {
  const newest = createMadeOnce<string>(100, (text) => text.length);
  let made = 0;
  const make = async () => `made ${++made}`;
  const asked = await Promise.all([newest("run", 1, make), newest("run", 1, make), newest("run", 1, make)]);
  expect([...asked, await newest("run", 1, make)]).toEqual(Array(4).fill("made 1"));
  expect(await newest("run", 2, make)).toBe("made 2");
  expect(await newest("other", 2, make)).toBe("made 3");
});

test("what failed is made again for the next one who asks", async () => {
  const newest = createMadeOnce<string>(100, (text) => text.length);
  await expect(newest("run", 1, () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  expect(await newest("run", 1, async () => "made")).toBe("made");
});

test("whatever is asked for in whatever order, what is kept never weighs more than it may", async () => {
  const asks = fc.array(
    fc.record({ subject: fc.nat(5), version: fc.nat(3), weight: fc.integer({ min: 1, max: 60 }) }),
  );
  await fc.assert(
    fc.asyncProperty(asks, async (all) => {
      const newest = createMadeOnce<number>(100, (weight) => weight);
      // What is kept is found by asking for it again: it is not made anew.
      const latest = new Map<string, { version: number; weight: number }>();
      for (const { subject, version, weight } of all) {
        const got = await newest(`${subject}`, version, async () => weight);
        latest.set(`${subject}`, { version, weight: got });
      }
      let kept = 0;
      for (const [subject, { version, weight }] of latest)
        if ((await newest(subject, version, async () => 0)) === weight) kept += weight;
      expect(kept).toBeLessThanOrEqual(100);
      const last = all.at(-1);
      const again = last === undefined ? null : await newest(`${last.subject}`, last.version, async () => -1);
      if (last !== undefined) expect(again).not.toBe(-1);
    }),
  );
});

test("large fragments of many runs do not pile up: the ones asked for longest ago are rendered anew", async () => {
  const counters = createCounters();
  const renderings = createRenderings(counters);
  const fragment = "x".repeat(1024 * 1024);
  const ask = (run: number) => renderings.once(`run ${run}`, 1, async () => fragment);
  for (let run = 0; run < 40; run += 1) await ask(run);
  expect(counters.renders).toBe(40);
  await ask(39);
  expect(counters.renders).toBe(40);
  await ask(0);
  expect(counters.renders).toBe(41);
});

test("of one thing that changes often only the newest version stays", async () => {
  const counters = createCounters();
  const renderings = createRenderings(counters);
  for (let version = 1; version <= 3; version += 1)
    await renderings.once("run", version, async () => "small");
  await renderings.once("run", 3, async () => "small");
  expect(counters.renders).toBe(3);
  await renderings.once("run", 1, async () => "small");
  expect(counters.renders).toBe(4);
});
