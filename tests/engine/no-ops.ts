import type { Workflow } from "#core/workflow.ts";
import { flow, type World } from "./world.ts";

/** How many steps a run of `noOps` has. */
export const stepsOfNoOps = 16;

/**
 * A workflow of steps that do nothing: what it takes is what the engine itself takes. `began` is called by the first one. Where they only read,
 * each begins with the end of the one before it.
 */
export const noOps = (began: () => void = () => {}, { readsOnly = false } = {}): Workflow => {
  const none = async () => {};
  const step = (run: () => Promise<void>) => (readsOnly ? { run, readsOnly } : { run });
  return flow(readsOnly ? "reading" : "flow")
    .do(
      "s0",
      "Step 0",
      step(async () => began()),
    )
    .do("s1", "Step 1", step(none))
    .do("s2", "Step 2", step(none))
    .do("s3", "Step 3", step(none))
    .do("s4", "Step 4", step(none))
    .do("s5", "Step 5", step(none))
    .do("s6", "Step 6", step(none))
    .do("s7", "Step 7", step(none))
    .do("s8", "Step 8", step(none))
    .do("s9", "Step 9", step(none))
    .do("s10", "Step 10", step(none))
    .do("s11", "Step 11", step(none))
    .do("s12", "Step 12", step(none))
    .do("s13", "Step 13", step(none))
    .do("s14", "Step 14", step(none))
    .do("s15", "Step 15", step(none))
    .hands(() => ({ sentence: "Done." }));
};

/** Starts so many runs at once, of the first workflow unless told otherwise, and resolves when all have completed. */
export const runThrough = async (
  { engine, start }: World,
  count: number,
  workflowId?: string,
): Promise<void> => {
  const over = Promise.withResolvers<void>();
  let left = count;
  const stop = engine.listen(({ run, events }) => {
    const ended = events.some((event) => event.type === "run.state" && event.to === "completed");
    if (ended && run.state === "completed" && --left === 0) over.resolve();
  });
  await Promise.all(Array.from({ length: count }, () => start({}, workflowId)));
  await over.promise;
  stop();
};
