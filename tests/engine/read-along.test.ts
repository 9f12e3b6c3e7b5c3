import { afterEach, expect, test } from "vitest";
import { secret } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openWorld, stepOf, type World } from "./world.ts";

let world: World;
const reading = new AbortController();
afterEach(() => world.close());

/** Waits for a program that writes for as long as it is let; each look may come soon, and comes after a minute unless somebody reads along. */
const openProgram = (said: (look: number) => { waiting: string; unended?: string }) =>
  openWorld(
    [
      workflow(
        "program",
        "Program",
        "Waits for a program.",
        start({ fields: [secret("password", "Password", { required: true })], subject: () => "it" }),
      )
        .wait("program", "Program", {
          everyMs: 60_000,
          timeoutMs: 3_600_000,
          look: async ({ memo }) => {
            const looked = (memo as number | undefined) ?? 0;
            if (looked === 30) return { done: null };
            return { ...said(looked), readAlongMs: 1, memo: looked + 1 };
          },
        })
        .hands(() => ({ sentence: "Done." })),
    ],
    // Each test opens it once somebody reads along.
    { opened: false },
  );

test("a program is looked for as often as it asks while somebody reads along, which is no event of the run, and seldom otherwise", async () => {
  world = await openProgram((looked) => ({ waiting: looked < 20 ? "running" : "nearly there" }));
  const alone = await world.start({ password: "read-by-nobody" });
  const { runId } = await world.engine.start("program", { password: "read-by-somebody" }, "Ada");
  world.engine.openLines.readAlong(runId, reading.signal);
  await world.engine.open();
  await world.until(runId, "completed");
  const events = await world.store.events(runId, 0, 1_000);
  const words = events.flatMap((event) => (event.type === "step.look" ? [event.word] : []));
  expect([...new Set(words)]).toEqual(["running", "nearly there"]);
  expect(words.length).toBeLessThan(5);
  const { steps } = await world.when(alone, (at) => stepOf(at, "program").waiting?.looks === 1);
  const [waiting] = steps.map((step) => step.waiting);
  expect((waiting?.nextAt ?? 0) - (waiting?.since ?? 0)).toBe(60_000);
});

test("what a program has begun to write is told to those who watch, without the run's secrets, also half of one, and to nobody later", async () => {
  world = await openProgram((looked) => ({ waiting: "running", unended: `at ${looked}, pass tulip-and-` }));
  const seen = new Set<string>();
  world.engine.openLines.listen((id) => {
    for (const { lines } of world.engine.openLines.of(id)) for (const { text } of lines) seen.add(text);
  });
  const { runId } = await world.engine.start("program", { password: "tulip-and-rose" }, "Ada");
  world.engine.openLines.readAlong(runId, reading.signal);
  await world.engine.open();
  await world.until(runId, "completed");
  expect([...seen].some((text) => text.startsWith("at 20, pass"))).toBe(true);
  expect([...seen].join("\n")).not.toContain("tulip");
  expect(world.engine.openLines.of(runId)).toEqual([]);
  expect(await world.store.logs(runId, { after: 0, limit: 10 })).toEqual([]);
});
