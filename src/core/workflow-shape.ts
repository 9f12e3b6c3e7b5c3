import { z } from "zod";
import type { Workflow } from "./workflow.ts";

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
