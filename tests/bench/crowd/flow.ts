import type { Workflow } from "#core/workflow.ts";
import { flow } from "../../engine/world.ts";

/** As the server works on them. */
export const atWork = 200;

/** Three steps that do nothing; `first` is awaited by the first one, so that it can be left under way. */
export const threeSteps = (first: Promise<void> = Promise.resolve()): Workflow =>
  flow()
    .do("first", "First", { safeBecause: "It only waits.", run: () => first })
    .do("second", "Second", { run: async () => {} })
    .do("third", "Third", { run: async () => {} })
    .hands(() => ({ sentence: "Done." }));
