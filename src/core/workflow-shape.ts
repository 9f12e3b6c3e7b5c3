import { z } from "zod";
import type { Marks } from "./marks.ts";
import type { Shape } from "./shape.ts";
import { stepShapes } from "./step-shape.ts";
import type { AskOptions, DoOptions, EachDefinition, WaitOptions, Workflow } from "./workflow.ts";

type MarkedShape<O> = Shape<O & Marks<unknown, string, string>>;

// What is looked at of a step that no compiler has seen is what the compiler holds all others to.
stepShapes satisfies {
  do: MarkedShape<DoOptions<unknown, unknown, unknown>>;
  wait: MarkedShape<WaitOptions<unknown, unknown, unknown>>;
  ask: MarkedShape<AskOptions<unknown, unknown, unknown>>;
  each: MarkedShape<EachDefinition>;
};

const shape = z.object({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  start: z.object({ form: z.function() }),
  steps: z.array(z.object({ id: z.string() })),
  outcome: z.function(),
});

/** Whether this is what `workflow(…) … hands(…)` gives. */
export const isWorkflow = (value: unknown): value is Workflow => shape.safeParse(value).success;
