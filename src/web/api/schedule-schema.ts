import { z } from "@hono/zod-openapi";
import { triggerKinds } from "#core/cause.ts";
import { missedPolicies } from "#core/due.ts";
import { timesOf } from "#core/plain-times.ts";
import { runModes } from "#core/run.ts";
import { runStates } from "#core/states.ts";
import { plainTyped } from "#core/times-typed.ts";
import { becomings, endsFollowed, overlaps, proofKinds } from "#core/trigger.ts";
import { instant, orNull } from "./schema-parts.ts";
import { valuesSchema } from "./values.ts";

const mapping = z.record(z.string(), z.string()).openapi({
  description: "By field of the start form: the path of what fills it in, such as repository.name",
});

const times = z.union([
  z.strictObject({ cron: z.string().openapi({ example: "0 7 * * MON-FRI" }) }),
  z.strictObject({ everyMinutes: z.number().int() }),
]);

/** As somebody gives them. */
const timesGiven = z.union([
  times,
  z
    .strictObject({
      words: z.string().openapi({
        description: "English words with a time of day, or a cron line.",
        example: "every Monday at 7:00",
      }),
    })
    .transform(({ words }) => timesOf(plainTyped(words))),
]);

const whenWith = <T extends z.ZodType>(given: T) =>
  z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("schedule"),
      times: given,
      zone: z.string().openapi({ example: "Europe/Berlin" }),
      missed: z.enum(missedPolicies).default("once").openapi({
        description:
          "What starts for times at which Milepost was not at work: one run for all, one for each, none.",
      }),
      withinMs: z.number().int().min(1).nullable().default(null).openapi({
        description: "What was missed longer ago starts nothing.",
      }),
      overlap: z.enum(overlaps).default("skip").openapi({
        description: "What happens while an earlier run is under way.",
      }),
    }),
    z.strictObject({ kind: z.literal("hook"), proof: z.enum(proofKinds), mapping: mapping.default({}) }),
    z.strictObject({
      kind: z.literal("after"),
      workflowId: z.string(),
      on: z.array(z.enum(endsFollowed)).readonly(),
      mapping: mapping.default({}),
    }),
  ]);

const whenSchema = whenWith(times).openapi("When", { type: "object" });
const whenGiven = whenWith(timesGiven).openapi("WhenGiven", { type: "object" });

const pauseAfter = z.number().int().nullable().default(null).openapi({
  description: "After so many failures in a row it pauses.",
});
const secret = z.string().optional().openapi({
  description: "Of a hook, where the other side has made it; without it Milepost makes one.",
});

export const makeScheduleSchema = z.strictObject({
  name: z.string(),
  workflowId: z.string(),
  values: valuesSchema,
  mode: z.enum(runModes).optional(),
  like: z.string().optional().openapi({ description: "The id of a run whose input and answers are taken." }),
  when: whenGiven,
  pauseAfter,
  secret,
});

export const changeScheduleSchema = z.strictObject({ name: z.string(), when: whenGiven, pauseAfter });

export const renewSecretSchema = z.strictObject({ secret });

/** What is filled in of a start form. */
export const startsWith = z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly()]));

export const firingSchema = z
  .object({
    n: z.number().int(),
    key: z.string(),
    at: instant,
    dueAt: instant.nullable(),
    became: z.enum(becomings),
    because: z.string().nullable(),
    runId: z.string().nullable(),
    afterRunId: z.string().nullable(),
    body: z
      .string()
      .nullable()
      .openapi({ description: "What a call brought, secrets left out; of the newest ten." }),
    run: z
      .object({
        number: z.number().int(),
        workflowId: z.string(),
        state: z.enum(runStates),
        endedAt: instant.nullable(),
      })
      .nullable(),
  })
  .openapi("Firing");

export const scheduleSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(triggerKinds),
    workflowId: z.string(),
    when: whenSchema,
    words: z.string().openapi({ example: "every Monday at 07:00 (Europe/Berlin)" }),
    maker: z.string().openapi({ description: "As whom its runs are started." }),
    mode: z.enum(runModes),
    values: startsWith,
    pauseAfter: z.number().int().nullable(),
    paused: z.object({ at: instant, because: z.string() }).nullable(),
    nextAt: instant.nullable(),
    next: z.array(instant).readonly(),
    last: orNull(firingSchema),
    mayControl: z.boolean(),
  })
  .openapi("Schedule");
