import { z } from "@hono/zod-openapi";
import { triggerKinds } from "#core/cause.ts";

export const instant = z
  .number()
  .int()
  .openapi({ description: "Milliseconds since 1970", example: 1767225600000 });
/** By `.nullable()` the null of a named schema is lost in the description, or stands wherever the name is used. */
export const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);

export const storedError = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.string().nullable(),
  field: z.string().nullable(),
  wayOn: z
    .union([
      z.object({ back: z.string(), label: z.string() }),
      z.object({ href: z.string(), label: z.string() }),
    ])
    .optional()
    .openapi({
      description:
        "What leads on where trying again does not: going back to a step, or a form that is filled",
    }),
});

export const interval = { p10Ms: z.number(), p50Ms: z.number(), p90Ms: z.number() };

/** What is told of a run's time. */
export const timeLeft = z
  .object({
    ...interval,
    runs: z.number().int().openapi({ description: "How many past runs it rests on." }),
    because: z.string().nullable().openapi({ description: "Why it is other than usual, a sentence." }),
  })
  .nullable();

/** What a run says of what started it. */
export const causeOfRun = z
  .object({
    kind: z.enum(triggerKinds),
    triggerId: z.string(),
    name: z.string(),
    dueAt: instant.nullable(),
    zone: z.string().nullable(),
    lateMs: z.number().nullable(),
    afterRunId: z.string().nullable(),
  })
  .nullable()
  .openapi({ description: "What made it start by itself; null: somebody started it." });

/** The run that a run is an item of. */
export const itemOf = z
  .object({
    runId: z.string(),
    title: z.string(),
    subject: z.string(),
    number: z.number().int(),
    stepId: z.string(),
    key: z.string(),
  })
  .nullable()
  .openapi({ description: "The run that it is an item of, and of which step." });

export const behind = z
  .object({
    runId: z.string().openapi({ description: "The run that is first in the line." }),
    number: z.number().int(),
    title: z.string(),
    subject: z.string(),
    ahead: z
      .number()
      .int()
      .openapi({ description: "How many runs are before it, those whose turn it is included." }),
    aboutMs: z.number().nullable().openapi({
      description: "How long until its turn comes, as of the last look; null where that is not known.",
    }),
  })
  .nullable()
  .openapi({ description: "Behind whom it waits: its next step needs a turn that others have." });
