import type { Workflow } from "#core/workflow.ts";
import { flow, type World } from "./world.ts";

/** How many steps a run of `noOps` has. */
export const stepsOfNoOps = 16;

/** A workflow of steps that do nothing: what it takes is what the engine itself takes. `began` is called by the first one. */
export const noOps = (began: () => void = () => {}): Workflow => {
  const none = async () => {};
  return flow()
    .do("s0", "Step 0", { run: async () => began() })
    .do("s1", "Step 1", { run: none })
    .do("s2", "Step 2", { run: none })
    .do("s3", "Step 3", { run: none })
    .do("s4", "Step 4", { run: none })
    .do("s5", "Step 5", { run: none })
    .do("s6", "Step 6", { run: none })
    .do("s7", "Step 7", { run: none })
    .do("s8", "Step 8", { run: none })
    .do("s9", "Step 9", { run: none })
    .do("s10", "Step 10", { run: none })
    .do("s11", "Step 11", { run: none })
    .do("s12", "Step 12", { run: none })
    .do("s13", "Step 13", { run: none })
    .do("s14", "Step 14", { run: none })
    .do("s15", "Step 15", { run: none })
    .hands(() => ({ sentence: "Done." }));
};

/** Starts so many runs at once and resolves when all have completed. */
export const runThrough = async ({ engine, start }: World, count: number): Promise<void> => {
  const over = Promise.withResolvers<void>();
  let left = count;
  const stop = engine.listen(({ run, events }) => {
    const ended = events.some((event) => event.type === "run.state" && event.to === "completed");
    if (ended && run.state === "completed" && --left === 0) over.resolve();
  });
  await Promise.all(Array.from({ length: count }, () => start()));
  await over.promise;
  stop();
};
