import { z } from "@hono/zod-openapi";
import { deliveryStates, follows, messageKinds } from "#core/notify.ts";

export const wantsSchema = z
  .object({
    live: z.boolean().openapi({ description: "One message that follows the run by being changed." }),
    "needs-you": z.boolean(),
    failed: z.boolean(),
    finished: z.boolean(),
    cancelled: z.boolean().openapi({ description: "By somebody else." }),
    slow: z.boolean(),
    overMs: z
      .number()
      .min(0)
      .openapi({ description: "`live` and `finished` only of runs that take longer than this." }),
  })
  .openapi("Wants");

export const channelSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    account: z.string().nullable(),
    values: z.record(z.string(), z.string()).openapi({ description: "Those that are no secrets." }),
    wants: wantsSchema,
    state: z.enum(["on", "off", "broken"]),
    because: z.string().nullable().openapi({ description: "Why it is broken, in the other side's words." }),
    createdAt: z.number(),
    lastTest: z.object({ ok: z.boolean(), sentence: z.string(), at: z.number() }).nullable(),
  })
  .openapi("Channel");

export const channelKindSchema = z
  .object({
    kind: z.string(),
    title: z.string(),
    about: z.string(),
    fields: z.array(
      z.object({ name: z.string(), label: z.string(), required: z.boolean(), secret: z.boolean() }),
    ),
  })
  .openapi("ChannelKind");

export const preferencesSchema = z
  .object({
    zone: z.string().openapi({ description: "IANA name, such as Europe/Berlin." }),
    quiet: z
      .object({ from: z.number().int(), until: z.number().int() })
      .nullable()
      .openapi({ description: "Minutes of the day between which only what is urgent is told." }),
    urgentBreaksQuiet: z.boolean(),
    onlyUnwatched: z.boolean(),
    workflows: z.record(z.string(), z.enum(follows)),
  })
  .openapi("TellingPreferences");

export const deliverySchema = z
  .object({
    id: z.string(),
    runId: z.string().nullable(),
    run: z.string().nullable(),
    kind: z.enum(messageKinds),
    state: z.enum(deliveryStates),
    channel: z.string(),
    person: z.string().nullable().openapi({ description: "Null: yours." }),
    attempt: z.number().openapi({ description: "How often it was tried." }),
    nextAt: z.number().nullable(),
    because: z.string().nullable(),
    createdAt: z.number(),
    sentAt: z.number().nullable(),
  })
  .openapi("Delivery");
