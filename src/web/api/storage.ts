import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import { diskKinds } from "#core/storage.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, refusals } from "./router.ts";
import { instant } from "./schema-parts.ts";

const cleaningsTold = 100;

/** What takes room, for how long runs are kept, and cleaning up, for programs. */
export const storageApi = ({ storage, engine }: Pick<WebDeps, "storage" | "engine">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(showRoute, async (c) => {
      const [use, room, space, retention, cleanings] = await Promise.all([
        storage.use(),
        storage.room(),
        storage.space(),
        storage.retention(),
        storage.cleanings(cleaningsTold),
      ]);
      const { hour, usual, workflows } = retention;
      return c.json(
        {
          measuredAt: use.at,
          bytes: use.bytes,
          freeBytes: room.freeBytes,
          leastBytes: room.leastBytes,
          unusedBytes: space.unusedBytes,
          rules: { hour, usual, workflows },
          cleanings: cleanings.map((one) => ({ ...one, removed: [...one.removed] })),
        },
        200,
      );
    })
    .openapi(rulesRoute, async (c) => {
      const { workflow, keep, hour } = c.req.valid("json");
      const { by } = c.get("identity");
      if (hour !== undefined) await storage.cleanAt(hour, by);
      if (keep !== undefined)
        await storage.keep(workflow === undefined ? null : engine.workflow(workflow).id, keep, by);
      const { hour: said, usual, workflows } = await storage.retention();
      return c.json({ hour: said, usual, workflows }, 200);
    })
    .openapi(planRoute, async (c) => {
      const { workflows, files, fileBytes } = await storage.plan();
      return c.json({ workflows: [...workflows], files, fileBytes }, 200);
    })
    .openapi(cleanRoute, async (c) => {
      await storage.clean(c.get("identity").by);
      return c.json({ begun: true }, 202);
    });

const count = z.number().int();
const rule = z.number().int().min(1).max(99_999).nullable();
const keepSchema = z.object({ days: rule, runs: rule, logDays: rule, exports: z.boolean() }).openapi("Keep", {
  description: "Days after the end of a run, the newest so many, days for its log; null: no rule.",
});
const rulesSchema = z
  .object({ hour: count, usual: keepSchema, workflows: z.record(z.string(), keepSchema) })
  .openapi("KeepRules");
const goneSchema = z.object({
  workflowId: z.string(),
  runs: count,
  logs: count.openapi({ description: "Runs that stay without their log." }),
  exports: count,
  bytes: count,
});
const cleaningSchema = z
  .object({
    id: count,
    at: instant,
    by: z.string(),
    endedAt: instant.nullable(),
    removed: z.array(goneSchema),
    files: count.openapi({ description: "That nothing referred to." }),
    fileBytes: count,
    freedBytes: count.openapi({ description: "Given back by the database." }),
    problem: z.string().nullable(),
  })
  .openapi("Cleaning");

const showRoute = createRoute({
  method: "get",
  path: routes.api.storage.template,
  summary: "Show what takes room, how long runs are kept, and what cleanings took away",
  responses: {
    200: json(
      z.object({
        measuredAt: instant,
        bytes: z.object(
          Object.fromEntries(diskKinds.map((kind) => [kind, count])) as Record<
            (typeof diskKinds)[number],
            typeof count
          >,
        ),
        freeBytes: count,
        leastBytes: count.openapi({ description: "Below this nothing new is begun." }),
        unusedBytes: count.openapi({ description: "Of the database." }),
        rules: rulesSchema,
        cleanings: z.array(cleaningSchema),
      }),
      "The newest cleaning first.",
    ),
    ...refusals,
  },
});

const rulesRoute = createRoute({
  method: "put",
  path: routes.api.retention.template,
  summary: "Say how long runs are kept",
  description:
    "Of one workflow, or of all that have no rule of their own; `keep: null` gives a workflow the usual one.",
  request: {
    body: json(
      z.object({
        workflow: z.string().optional(),
        keep: keepSchema.nullable().optional(),
        hour: z.number().int().min(0).max(23).optional(),
      }),
      "What changes.",
    ),
  },
  responses: { 200: json(rulesSchema, "The rules as they are now."), ...refusals },
});

const planRoute = createRoute({
  method: "get",
  path: routes.api.cleaning.template,
  summary: "Show what a cleaning would take away now",
  responses: {
    200: json(
      z.object({ workflows: z.array(goneSchema), files: count, fileBytes: count }),
      "By workflow; `bytes` are about right.",
    ),
    ...refusals,
  },
});

const cleanRoute = createRoute({
  method: "post",
  path: routes.api.cleaning.template,
  summary: "Clean up now",
  responses: { 202: json(z.object({ begun: z.boolean() }), "It has begun."), ...refusals },
});
