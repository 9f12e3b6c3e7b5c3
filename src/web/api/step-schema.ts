import { z } from "@hono/zod-openapi";
import type { Form } from "#core/form.ts";
import { type ItemState, itemStates } from "#core/item.ts";
import { stepStates } from "#core/states.ts";
import { stepKinds } from "#core/step.ts";
import { instant, interval, orNull, storedError } from "./schema-parts.ts";

export const formSchema = z.custom<Form>().openapi("Form", {
  type: "object",
  description:
    "A question. `fields` name what is asked, with the choices and what is preselected; `submit` is the usual button, `buttons` are others.",
});

export const itemsSchema = z
  .object({
    counts: z.object(
      Object.fromEntries(itemStates.map((state) => [state, z.number().int()])) as Record<
        ItemState,
        z.ZodNumber
      >,
    ),
    rows: z
      .array(
        z.object({
          key: z.string(),
          title: z.string(),
          state: z.enum(itemStates),
          runId: z.string().nullable().openapi({ description: "Its run; null before it is begun." }),
          percent: z.number().int(),
          timeLeft: orNull(z.object(interval)),
          now: z.string(),
          lastLine: z.string().nullable(),
          lastLineAt: z.number().int(),
          maySkip: z.boolean(),
        }),
      )
      .readonly(),
    next: z.string().nullable(),
    mayRetry: z
      .boolean()
      .openapi({ description: "Those that failed may be tried again while the others go on." }),
  })
  .openapi("Items");

export const stepSchema = z
  .object({
    id: z.string(),
    number: z.number().int(),
    kind: z.enum(stepKinds),
    title: z.string(),
    state: z.enum(stepStates),
    attempt: z.number().int(),
    startedAt: instant.nullable(),
    askedAt: instant.nullable().openapi({ description: "Since when its question is open." }),
    endedAt: instant.nullable(),
    activeMs: z.number(),
    backoffMs: z.number().openapi({
      description: "The time between failed tries and the next ones; not in `activeMs`.",
    }),
    usualMs: z
      .number()
      .nullable()
      .openapi({ description: "The median of past runs, of which there have to be two; active time only." }),
    timeLeft: z.object(interval).nullable(),
    progress: z
      .object({
        done: z.number(),
        total: z.number().nullable(),
        known: z.number().optional().openapi({ description: "How many are known of so far; it may grow." }),
        likely: z
          .number()
          .optional()
          .openapi({ description: "How many there will probably be, where the end is not known." }),
        most: z.number().optional().openapi({ description: "More than that it will not be." }),
        began: z
          .object({ done: z.number(), afterMs: z.number() })
          .optional()
          .openapi({ description: "What it had counted first, and after how much of the step's time." }),
        left: z.object(interval).nullable().optional().openapi({
          description:
            "How long what it counts still takes, by its longest path; as of when it counted. Null while one of it cannot be looked at.",
        }),
        what: z.string(),
        unit: z.enum(["bytes", "rows", "items"]),
        perSecond: z.number().nullable(),
      })
      .nullable(),
    share: z.number().nullable().openapi({ description: "0 to 1; null when the step cannot tell." }),
    substeps: z
      .array(z.object({ name: z.string(), state: z.enum(["pending", "running", "completed", "failed"]) }))
      .readonly(),
    items: orNull(itemsSchema),
    detail: z.string().nullable(),
    cameOut: z.string().nullable().openapi({
      description: "Its answer or result as JSON, shortened where it is long; null while there is none.",
    }),
    form: orNull(formSchema),
    error: storedError.nullable(),
    waiting: z
      .object({
        for: z.enum(["look", "retry", "answer"]),
        word: z.string(),
        since: instant,
        nextAt: instant,
        looks: z.number().int(),
        paused: z.object({ sentence: z.string(), stopped: z.boolean() }).optional().openapi({
          description: "What is known of the other side of a paused wait; `stopped`: it really pauses.",
        }),
      })
      .nullable(),
    skippable: z.string().nullable(),
    undoable: z.boolean(),
    mayAnswer: z.boolean().openapi({ description: "It asks, and you are one of those who may answer." }),
    mayRewind: z.boolean(),
    maySkip: z.boolean(),
    mayRetry: z.boolean(),
  })
  .openapi("Step");
