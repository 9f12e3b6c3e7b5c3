import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { flow, openWorld, stepOf } from "./world.ts";

const made = (undo: object) =>
  flow()
    .do("make", "Make", { run: async () => 1, ...undo })
    .hands(() => ({ sentence: "" }));

test("a step whose undo was taken out of the workflow fails its undo with a sentence instead of trying for ever", async () => {
  const first = await openWorld([made({ undo: async () => {} })]);
  const id = await first.start();
  await first.until(id, "completed");
  await first.engine.close();
  const world = await openWorld([made({})], { store: first.store });
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toContain("it no longer says how “Make” is undone");
  await world.close();
});

test("what was paused elsewhere is told to go on until it has heard it", async () => {
  let told = 0;
  let looks = 0;
  const world = await openWorld([
    flow()
      .wait("job", "Job", {
        everyMs: 5,
        timeoutMs: 60_000,
        look: async () => (++looks > 1 && told > 1 ? { done: 1 } : { waiting: "BUSY" }),
        whilePaused: {
          stop: async () => "Paused.",
          goOn: async () => {
            if (++told === 1) throw new AppError("unreachable", "Not there.");
            return "Goes on.";
          },
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) > 0);
  await world.engine.pause(id, "Ada");
  await world.until(id, "paused");
  await world.engine.resume(id, "Ada");
  const end = await world.until(id, "completed");
  expect(told).toBe(2);
  expect(stepOf(end, "job").state).toBe("completed");
  await world.close();
});
