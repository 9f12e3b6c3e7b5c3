import { z } from "@hono/zod-openapi";
import { runVerbs } from "#core/rules.ts";
import { runModes } from "#core/run.ts";
import { runStates } from "#core/states.ts";
import { stepKinds } from "#core/step.ts";
import { spanKinds } from "#core/timeline.ts";
import { exportSchema } from "./export-schema.ts";
import { behind, causeOfRun, instant, itemOf, orNull, storedError, timeLeft } from "./schema-parts.ts";
import { stepSchema } from "./step-schema.ts";

const fact = z.object({ label: z.string(), value: z.string() });

export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: "not-allowed-now" }),
      message: z.string().openapi({ description: "A whole sentence for a person." }),
      field: z.string().optional().openapi({ description: "The field that is wrong." }),
      detail: z.string().optional(),
      runId: z.string().optional().openapi({ description: "The run that stands in the way." }),
    }),
  })
  .openapi("Error");

const runError = storedError.extend({ stepId: z.string().nullable() });
const endedState = z.enum(["completed", "failed", "cancelled", "paused"]);
const endedMeans =
  "How it had ended before it began to undo. Null when it is not undoing and no undo has failed.";
const undoneMeans =
  "When what it made had been removed; what had to stay, its steps say in `detail`. A run that failed or was cancelled is still `failed` or `cancelled` then.";

export const summarySchema = z
  .object({
    id: z.string(),
    number: z.number().int().openapi({ description: "Its place among the runs of its workflow, from 1 on." }),
    workflowId: z.string(),
    title: z.string(),
    subject: z.string(),
    state: z.enum(runStates),
    percent: z.number(),
    percentKnown: z.boolean().openapi({
      description: "False: how far it is is not known; percent only counts the steps that are done.",
    }),
    now: z.string(),
    askedAt: instant.nullable().openapi({ description: "Since when its question is open." }),
    may: z.object({ cancel: z.boolean(), clone: z.boolean(), delete: z.boolean(), answer: z.boolean() }),
    exportId: z
      .string()
      .nullable()
      .openapi({ description: "The export whose file it handed over, while that file is there." }),
    behind,
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    changedAt: instant,
    error: z.string().nullable(),
    ended: z.object({ state: endedState }).nullable().openapi({ description: endedMeans }),
    undoneAt: instant.nullable().openapi({ description: undoneMeans }),
  })
  .openapi("RunSummary");

const cancelSchema = z.object({
  askedAt: instant,
  by: z.string(),
  stepId: z.string().nullable(),
  signalledAt: instant.nullable(),
  confirmedAt: instant.nullable(),
  unconfirmed: z.string().nullable(),
  note: z.string().nullable(),
});

const recoverySchema = z.object({
  at: instant,
  lastSignAt: instant,
  stepId: z.string().nullable(),
  checked: z.string().nullable(),
  outcome: z.enum(["resumed", "again", "found", "asking"]),
  because: z.string(),
  badEnd: z.literal(true).optional().openapi({ description: "Milepost had ended badly just before." }),
});

export const runSchema = z
  .object({
    id: z.string(),
    number: z.number().int().openapi({ description: "Its place among the runs of its workflow, from 1 on." }),
    workflowId: z.string(),
    title: z.string(),
    subject: z.string(),
    state: z.enum(runStates),
    mode: z.enum(runModes),
    version: z.number().int(),
    lastEvent: z.number().int(),
    createdAt: instant,
    createdBy: z.string(),
    startedBy: causeOfRun,
    of: itemOf,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    changedAt: instant,
    percent: z.number(),
    percentKnown: z.boolean().openapi({
      description: "False: how far it is is not known; percent only counts the steps that are done.",
    }),
    timeLeft: timeLeft.openapi({
      description:
        "The rest of the run in active time, without what waits for a person: in four of five runs between `p10Ms` and `p90Ms`. Null before the first run of a workflow has completed, when nothing moves, and while a server cannot be looked at.",
    }),
    told: z
      .object({
        at: instant,
        wholeMs: z.number(),
        nowMs: z.number(),
        because: z.string().nullable().openapi({ description: "What happened since, a sentence." }),
      })
      .nullable()
      .openapi({
        description: "What was told before of the whole run, when that was another time than now.",
      }),
    broken: z.object({ p10Ms: z.number(), p90Ms: z.number(), tookMs: z.number() }).nullable().openapi({
      description: "What it was told at its start, when it is completed and took another time.",
    }),
    eta_seconds: z.number().int().nullable().openapi({ description: "The median of `timeLeft` in seconds." }),
    eta: z
      .object({ p10: z.number(), p50: z.number(), p90: z.number() })
      .nullable()
      .openapi({ description: "`timeLeft` in seconds." }),
    signs: z
      .array(
        z.object({
          kind: z.enum(["slow", "silent", "stuck"]),
          stepId: z.string().nullable().openapi({ description: "Null: it is about the whole run." }),
          sentence: z.string(),
          since: instant.nullable().openapi({ description: "The last sign of life." }),
          nextLookAt: instant.nullable(),
        }),
      )
      .readonly()
      .openapi({ description: "Why this run may need somebody to look at it." }),
    behind,
    wish: z.enum(["pause", "cancel"]).nullable(),
    may: z.record(z.enum([...runVerbs, "modify", "startOver", "clone", "delete"]), z.boolean()),
    error: runError.nullable(),
    ended: z
      .object({ state: endedState, error: runError.nullable() })
      .nullable()
      .openapi({ description: endedMeans }),
    undoneAt: instant.nullable().openapi({ description: undoneMeans }),
    unfit: z.string().nullable().openapi({
      description: "Why it cannot go on: its workflow is not the one that it began with.",
    }),
    unrecorded: z.object({ since: instant, because: z.string() }).nullable().openapi({
      description: "What happens cannot be written down. It is tried again; nothing is done twice meanwhile.",
    }),
    code: z.string().nullable().openapi({
      description:
        "The version of its workflow's file that it goes on with; null: one that Milepost brings along.",
    }),
    newerCode: z
      .object({
        code: z.string(),
        unfit: z.string().nullable().openapi({ description: "Why it cannot go on with that." }),
        added: z.array(z.string()).readonly(),
        gone: z.array(z.string()).readonly(),
      })
      .nullable()
      .openapi({
        description:
          "Its workflow's file was changed since: retry with `code` goes on with that version. `added` and `gone` are the titles of steps.",
      }),
    cancel: cancelSchema.nullable(),
    recovery: recoverySchema.nullable(),
    finalizedAt: instant.nullable(),
    trimmedAt: instant
      .nullable()
      .openapi({ description: "When the removal of its log began; null while it is there." }),
    trimmedDays: z.number().int().nullable().openapi({
      description: "The rule by which its log is gone, in days; null while that is not done.",
    }),
    total: z.number().int().openapi({ description: "Steps as people count them." }),
    steps: z.array(stepSchema).readonly(),
    timeline: z
      .array(
        z.object({
          stepId: z.string().nullable().openapi({ description: "Null: of the whole run." }),
          kind: z.enum(spanKinds),
          from: instant,
          to: instant.nullable().openapi({ description: "Null while it goes on." }),
          attempt: z.number().int(),
        }),
      )
      .readonly()
      .openapi({ description: "How its steps filled its time: every attempt, wait, question and pause." }),
    outcome: z
      .object({
        sentence: z.string(),
        exportId: z.string().optional(),
        links: z
          .array(z.object({ label: z.string(), href: z.string() }))
          .readonly()
          .optional(),
        facts: z.array(fact).readonly().optional(),
      })
      .nullable(),
    export: orNull(exportSchema),
  })
  .openapi("Run");

export const logLineSchema = z
  .object({
    n: z.number().int(),
    at: instant,
    stepId: z.string(),
    attempt: z.number().int(),
    level: z.enum(["info", "warn", "error"]),
    text: z.string(),
    whole: z
      .string()
      .optional()
      .openapi({ description: "The line had to be cut; the log as text has all of it." }),
  })
  .openapi("LogLine");

export const workflowSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    about: z.string(),
    steps: z.array(z.object({ id: z.string(), title: z.string(), kind: z.enum(stepKinds) })).readonly(),
  })
  .openapi("Workflow");

/** A JSON Schema inside an answer. */
export const jsonSchema = z.record(z.string(), z.unknown()).openapi("JsonSchema", {
  type: "object",
  description: "A JSON Schema (2020-12).",
});
