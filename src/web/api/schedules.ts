import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { timesAfter } from "#core/times.ts";
import type { Trigger } from "#core/trigger.ts";
import { whenWords } from "#views/trigger-words.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { assertMayRead } from "#web/may.ts";
import { assertMayStartByItself } from "#web/may-start-by-itself.ts";
import { makerName, type TriggerSeen, triggerSeen, triggersSeen } from "#web/seen-triggers.ts";
import { createRouter, json, jsonBody, query, refusals } from "./router.ts";
import { runJson } from "./run-json.ts";
import { changeScheduleSchema, firingSchema, makeScheduleSchema, scheduleSchema } from "./schedule-schema.ts";
import { runSchema } from "./schemas.ts";
import { valuesOf } from "./values.ts";

const firingsShown = 100;

type ScheduleDeps = Pick<WebDeps, "engine" | "store" | "people" | "triggers" | "clock">;

/** What starts runs by itself, as JSON. */
export const schedulesApi = (deps: ScheduleDeps): OpenAPIHono<WebEnv> => {
  const { engine, store, triggers, clock } = deps;
  const titleOf = (id: string) => engine.workflows.find((one) => one.id === id)?.title ?? id;
  const told = async ({
    trigger,
    last,
    mayControl,
  }: TriggerSeen): Promise<z.infer<typeof scheduleSchema>> => {
    const { when, paused } = trigger;
    return scheduleSchema.parse({
      ...trigger,
      kind: when.kind,
      words: whenWords(trigger, titleOf),
      maker: await makerName(deps, trigger),
      paused: paused === null ? null : { at: paused.at, because: paused.because },
      next:
        when.kind === "schedule" && paused === null ? timesAfter(when.times, when.zone, clock.now(), 5) : [],
      last,
      mayControl,
    });
  };
  const one = async (id: string, who: Identity) => told(await triggerSeen(deps, await triggers.get(id), who));
  return createRouter()
    .openapi(listRoute, async (c) => {
      const rows = await triggersSeen(deps, c.get("identity"));
      return c.json({ schedules: await Promise.all(rows.map(told)) }, 200);
    })
    .openapi(makeRoute, async (c) => {
      const { values, like, ...wish } = c.req.valid("json");
      const identity = c.get("identity");
      assertMayStartByItself(identity, wish);
      const beginning = like === undefined ? null : await beginningOf(deps, like, identity);
      const { trigger, secret } = await triggers.make(
        {
          ...wish,
          mode: wish.mode ?? beginning?.mode ?? "automatic",
          values: { ...beginning?.values, ...valuesOf(values) },
          former: beginning?.former ?? null,
          ...(wish.secret === undefined ? {} : { secret: wish.secret }),
        } as Parameters<typeof triggers.make>[0],
        identity.by,
      );
      c.header("Location", routes.api.schedule.href({ id: trigger.id }));
      return c.json({ ...(await one(trigger.id, identity)), secret }, 201);
    })
    .openapi(showRoute, async (c) => {
      const { id } = c.req.valid("param");
      const firings = await store.triggers.firings(id, c.req.valid("query").before ?? null, firingsShown);
      return c.json(
        {
          ...(await one(id, c.get("identity"))),
          firings: firings.map((firing) => firingSchema.parse(firing)),
        },
        200,
      );
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid("param");
      const identity = c.get("identity");
      const wish = c.req.valid("json");
      assertMayStartByItself(identity, { workflowId: (await triggers.get(id)).workflowId, when: wish.when });
      await triggers.change(id, wish, identity.by);
      return c.json(await one(id, identity), 200);
    })
    .openapi(allRoute("pauseSchedules", "Pause all that start runs by themselves"), async (c) => {
      await triggers.pauseAll(c.get("identity").by);
      return c.body(null, 204);
    })
    .openapi(allRoute("resumeSchedules", "Resume all that were paused together"), async (c) => {
      await triggers.resumeAll(c.get("identity").by);
      return c.body(null, 204);
    })
    .openapi(verbRoute("pause", "Pause it: nothing is started until it is resumed"), async (c) => {
      await triggers.pause(c.req.valid("param").id, c.get("identity").by);
      return c.json(await one(c.req.valid("param").id, c.get("identity")), 200);
    })
    .openapi(verbRoute("resume", "Resume it: what was due meanwhile starts nothing"), async (c) => {
      await triggers.resume(c.req.valid("param").id, c.get("identity").by);
      return c.json(await one(c.req.valid("param").id, c.get("identity")), 200);
    })
    .openapi(startRoute, async (c) => {
      const identity = c.get("identity");
      const runId = await triggers.startNow(c.req.valid("param").id, identity.by);
      c.header("Location", routes.api.run.href({ id: runId }));
      return c.json(runJson(await engine.picture(runId), identity), 202);
    })
    .openapi(removeRoute, async (c) => {
      await triggers.remove(c.req.valid("param").id, c.get("identity").by);
      return c.body(null, 204);
    });
};

/** The input and answers of a run. */
const beginningOf = async (
  { engine, store }: Pick<ScheduleDeps, "engine" | "store">,
  runId: string,
  who: Identity,
) => {
  const found = await store.run(runId);
  if (found === null) throw new AppError("not-found", "There is no such run.");
  assertMayRead(who, found.run);
  return engine.beginning(runId);
};

export type WhenMade = Trigger["when"];

const params = z.object({ id: z.string() });

const listRoute = createRoute({
  method: "get",
  path: routes.api.schedules.template,
  summary: "List what starts runs by itself",
  description: "Schedules, hooks, and what starts after another run, by name.",
  responses: {
    200: json(z.object({ schedules: z.array(scheduleSchema).readonly() }), "All of them."),
    ...refusals,
  },
});

const makeRoute = createRoute({
  method: "post",
  path: routes.api.schedules.template,
  summary: "Make something that starts runs by itself",
  description:
    "Its runs are started as whoever makes it. The answer has the secret of a hook, which is shown this once; `/hooks/{id}` is what is called then.",
  request: { body: jsonBody(makeScheduleSchema) },
  responses: {
    201: json(
      scheduleSchema.extend({ secret: z.string().nullable() }),
      "It is made. `Location` has its address.",
    ),
    ...refusals,
  },
});

const showRoute = createRoute({
  method: "get",
  path: routes.api.schedule.template,
  summary: "Show one of what starts runs by itself, with what came of it",
  request: {
    params,
    query: query({
      before: z.coerce.number().int().optional().openapi({ description: "Only firings before this number." }),
    }),
  },
  responses: {
    200: json(
      scheduleSchema.extend({ firings: z.array(firingSchema).readonly() }),
      "It, and its newest firings.",
    ),
    ...refusals,
  },
});

const changeRoute = createRoute({
  method: "put",
  path: routes.api.schedule.template,
  summary: "Change what starts runs by itself",
  description:
    "Its kind, and how calls of a hook prove themselves, stay. What was due before the change starts nothing any more.",
  request: {
    params,
    body: jsonBody(changeScheduleSchema),
  },
  responses: { 200: json(scheduleSchema, "It, as it is afterwards."), ...refusals },
});

const allRoute = (verb: "pauseSchedules" | "resumeSchedules", summary: string) =>
  createRoute({
    method: "post",
    path: routes.api[verb].template,
    summary,
    description: "For admins. What was paused for itself stays so.",
    responses: { 204: { description: "Done." }, ...refusals },
  });

const verbRoute = (verb: "pause" | "resume", summary: string) =>
  createRoute({
    method: "post",
    path: routes.api.scheduled[verb].template,
    summary,
    request: { params },
    responses: { 200: json(scheduleSchema, "It, as it is afterwards."), ...refusals },
  });

const startRoute = createRoute({
  method: "post",
  path: routes.api.scheduled.start.template,
  summary: "Start a run of a schedule now",
  request: { params },
  responses: { 202: json(runSchema, "The run. `Location` has its address."), ...refusals },
});

const removeRoute = createRoute({
  method: "post",
  path: routes.api.scheduled.remove.template,
  summary: "Remove it, with the list of what it started",
  request: { params },
  responses: { 204: { description: "It is gone. Its runs stay." }, ...refusals },
});
