import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { type Channel, deliveryStates, usualPreferences } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { shown } from "#web/pages/deliveries.tsx";
import { checkedPreferences } from "#web/preferences-said.ts";
import { workflowsIn } from "#web/seen.ts";
import { whoseOf } from "#web/whose.ts";
import { ownChannel, seenDelivery } from "#web/whose-channels.ts";
import {
  channelKindSchema,
  channelSchema,
  deliverySchema,
  preferencesSchema,
  wantsSchema,
} from "./notification-schema.ts";
import { createRouter, json, jsonBody, query, refusals } from "./router.ts";

type NotificationsDeps = Pick<WebDeps, "notify" | "engine" | "store">;

const shownAtOnce = 100;

/** By which ways whoever asks is reached, what they are told, and what was sent to them. Secrets go in and never come out. */
export const notificationsApi = (deps: NotificationsDeps): OpenAPIHono<WebEnv> => {
  const { notify, store } = deps;
  const { channels } = notify;
  const said = async (personId: string) =>
    (await store.notify.preferences(personId)) ?? { ...usualPreferences, zone: notify.zone() };
  return createRouter()
    .openapi(listRoute, async (c) => {
      await notify.offerMail();
      const all = await channels.of(c.get("identity").person.id);
      const kinds = await channels.offered();
      return c.json({ channels: all.map(plain), kinds: kinds.map(kindOf) }, 200);
    })
    .openapi(addRoute, async (c) => {
      const identity = c.get("identity");
      const { wants, ...made } = c.req.valid("json");
      const { id } = await channels.add(
        { ...made, personId: identity.person.id, wants: given(wants) },
        identity.by,
      );
      return c.json(plain(await channels.test(id, c.req.raw.signal)), 201);
    })
    .openapi(changeRoute, async (c) => {
      const identity = c.get("identity");
      const { id } = await ownChannel(deps, identity, c.req.valid("param").id);
      const { wants, ...wish } = c.req.valid("json");
      const changed = await channels.change(
        id,
        { ...given(wish), ...(wants === undefined ? {} : { wants: given(wants) }) },
        identity.by,
      );
      return c.json(plain(changed), 200);
    })
    .openapi(removeRoute, async (c) => {
      const { id } = await ownChannel(deps, c.get("identity"), c.req.valid("param").id);
      await channels.remove(id, c.get("identity").by);
      return c.json({ removed: id }, 200);
    })
    .openapi(testRoute, async (c) => {
      const { id } = await ownChannel(deps, c.get("identity"), c.req.valid("param").id);
      return c.json(plain(await channels.test(id, c.req.raw.signal)), 200);
    })
    .openapi(saidRoute, async (c) => c.json(await said(c.get("identity").person.id), 200))
    .openapi(sayRoute, async (c) => {
      const { id } = c.get("identity").person;
      const workflows = workflowsIn(c, deps).map((one) => one.id);
      await notify.prefer(id, checkedPreferences(c.req.valid("json"), workflows));
      return c.json(await said(id), 200);
    })
    .openapi(deliveriesRoute, async (c) => {
      const identity = c.get("identity");
      const { state, before } = c.req.valid("query");
      const found = await store.notify.deliveries({
        personId: whoseOf(identity),
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
        limit: shownAtOnce,
      });
      const all = await shown(deps, found, identity.person.id);
      return c.json(
        { deliveries: all.map((one) => deliverySchema.parse({ ...one, attempt: one.attempts })) },
        200,
      );
    })
    .openapi(retryRoute, async (c) => {
      const delivery = await seenDelivery(deps, c.get("identity"), c.req.valid("param").id);
      await notify.tryAgain(delivery);
      return c.json({ id: delivery.id }, 202);
    })
    .openapi(bellRoute, async (c) => {
      const { rings } = c.req.valid("json");
      await store.notify.putBell(c.req.valid("param").id, c.get("identity").person.id, rings);
      return c.json({ rings }, 200);
    });
};

/** What was said, without what was left out. */
const given = <T extends object>(said: T | undefined) =>
  Object.fromEntries(Object.entries(said ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const plain = (channel: Channel) => channelSchema.parse(channel);

const kindOf = ({ kind, title, about, fields }: WebDeps["notify"]["channels"]["kinds"][number]) => ({
  kind,
  title,
  about,
  fields: fields.map(({ name, label, required, secret }) => ({ name, label, required, secret })),
});

const params = z.object({ id: z.string() });
const values = z.record(z.string(), z.string());

const listRoute = createRoute({
  method: "get",
  path: routes.api.channels.template,
  summary: "List the channels by which you are reached, and the kinds that can be added",
  responses: {
    200: json(
      z.object({ channels: z.array(channelSchema), kinds: z.array(channelKindSchema) }),
      "All of yours.",
    ),
    ...refusals,
  },
});
const addRoute = createRoute({
  method: "post",
  path: routes.api.channels.template,
  summary: "Add a channel and test it",
  description: "The test sends a real message; `lastTest` says what became of it.",
  request: {
    body: jsonBody(
      z.object({
        kind: z.string(),
        name: z.string().max(100),
        values,
        wants: wantsSchema.partial().optional(),
      }),
    ),
  },
  responses: { 201: json(channelSchema, "The channel, with what the test found."), ...refusals },
});
const changeRoute = createRoute({
  method: "put",
  path: routes.api.channel.template,
  summary: "Change a channel, or switch it off",
  description: "What is left out stays as it is, an empty secret too.",
  request: {
    params,
    body: jsonBody(
      z.object({
        name: z.string().max(100).optional(),
        values: values.optional(),
        wants: wantsSchema.partial().optional(),
        state: z.enum(["on", "off"]).optional(),
      }),
    ),
  },
  responses: { 200: json(channelSchema, "The channel."), ...refusals },
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.channel.template,
  summary: "Remove a channel with its secrets",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "It is removed."), ...refusals },
});
const testRoute = createRoute({
  method: "post",
  path: routes.api.testChannel.template,
  summary: "Send a test message by a channel",
  request: { params },
  responses: { 200: json(channelSchema, "The channel, with what became of it."), ...refusals },
});
const saidRoute = createRoute({
  method: "get",
  path: routes.api.notifications.template,
  summary: "Show when, and of which runs, you are told",
  responses: { 200: json(preferencesSchema, "What you said, or what holds until you do."), ...refusals },
});
const sayRoute = createRoute({
  method: "put",
  path: routes.api.notifications.template,
  summary: "Say when, and of which runs, you are told",
  request: { body: jsonBody(preferencesSchema) },
  responses: { 200: json(preferencesSchema, "What holds from now on."), ...refusals },
});
const deliveriesRoute = createRoute({
  method: "get",
  path: routes.api.deliveries.template,
  summary: "List what was sent, what waits and what failed",
  request: {
    query: query({
      state: z.enum(deliveryStates).optional(),
      before: z.string().optional().openapi({ description: "The id that the page before ended with." }),
    }),
  },
  responses: {
    200: json(z.object({ deliveries: z.array(deliverySchema) }), "The newest first; everybody's for admins."),
    ...refusals,
  },
});
const retryRoute = createRoute({
  method: "post",
  path: routes.api.retryDelivery.template,
  summary: "Send what failed, or waits for its next try, at once",
  request: { params },
  responses: { 202: json(z.object({ id: z.string() }), "It is sent as soon as possible."), ...refusals },
});
const bellRoute = createRoute({
  method: "put",
  path: routes.api.bell.template,
  summary: "Be told of a run, or not, whatever else you said",
  request: { params, body: jsonBody(z.object({ rings: z.boolean().nullable() })) },
  responses: {
    200: json(z.object({ rings: z.boolean().nullable() }), "What holds for this run."),
    ...refusals,
  },
});
