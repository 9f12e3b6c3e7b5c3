import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Connection, ConnectionField } from "#core/connection.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";
import { assertAsked } from "./values.ts";

/** The systems that runs work with. Secrets go in and never come out. */
export const connectionsApi = ({ connections }: Pick<WebDeps, "connections">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) =>
      c.json(
        { connections: (await connections.all()).map(plain), kinds: connections.kinds.map(kindOf) },
        200,
      ),
    )
    .openapi(addRoute, async (c) => {
      const { kind, name, values } = c.req.valid("json");
      const { title, fields } = connections.kind(kind);
      assertAsked(title, namesOf(fields), values);
      const { id } = await connections.add(kind, name, values, c.get("identity").by);
      return c.json(plain(await connections.test(id, c.req.raw.signal)), 201);
    })
    .openapi(showRoute, async (c) => c.json(plain(await connections.get(c.req.valid("param").id)), 200))
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid("param");
      const { name, values } = c.req.valid("json");
      const before = await connections.get(id);
      const { title, fields } = connections.kind(before.kind);
      // What was told of it may come back.
      assertAsked(title, [...namesOf(fields), ...Object.keys(before.values)], values);
      await connections.change(id, name, values, c.get("identity").by);
      return c.json(plain(await connections.test(id, c.req.raw.signal)), 200);
    })
    .openapi(removeRoute, async (c) => {
      const { id } = c.req.valid("param");
      await connections.remove(id, c.get("identity").by);
      return c.json({ removed: id }, 200);
    })
    .openapi(testRoute, async (c) =>
      c.json(plain(await connections.test(c.req.valid("param").id, c.req.raw.signal)), 200),
    )
    .openapi(acceptRoute, async (c) => {
      const { id } = await connections.accept(c.req.valid("param").id, c.get("identity").by);
      return c.json(plain(await connections.test(id, c.req.raw.signal)), 200);
    });

const namesOf = (fields: readonly ConnectionField[]): string[] => fields.map(({ name }) => name);

const plain = ({ id, kind, name, values, builtIn, createdAt, lastTest }: Connection) => ({
  id,
  kind,
  name,
  values: { ...values },
  builtIn,
  createdAt,
  lastTest:
    lastTest === null
      ? null
      : {
          ok: lastTest.ok,
          sentence: lastTest.sentence,
          at: lastTest.at,
          facts: lastTest.facts,
          ...(lastTest.offer === undefined ? {} : { offer: lastTest.offer }),
        },
});

const kindOf = ({ kind, title, about, fields }: WebDeps["connections"]["kinds"][number]) => ({
  kind,
  title,
  about,
  fields: fields.map(({ name, label, required, secret }) => ({ name, label, required, secret })),
});

const connectionSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    values: z.record(z.string(), z.string()).openapi({ description: "Those that are no secrets." }),
    builtIn: z.boolean(),
    createdAt: z.number(),
    lastTest: z
      .object({
        ok: z.boolean(),
        sentence: z.string(),
        at: z.number(),
        facts: z.array(z.object({ label: z.string(), value: z.string() })),
        offer: z
          .object({ field: z.string(), value: z.string(), press: z.string() })
          .optional()
          .openapi({ description: "A value that was missing and that the test found: `accept` keeps it." }),
      })
      .nullable(),
  })
  .openapi("Connection");
const kindSchema = z
  .object({
    kind: z.string(),
    title: z.string(),
    about: z.string(),
    fields: z.array(
      z.object({ name: z.string(), label: z.string(), required: z.boolean(), secret: z.boolean() }),
    ),
  })
  .openapi("ConnectionKind");
const said = z.object({ name: z.string().max(100), values: z.record(z.string(), z.string()) });
const params = z.object({ id: z.string() });
const one = { 200: json(connectionSchema, "The connection, as it was tested."), ...refusals };

const listRoute = createRoute({
  method: "get",
  path: routes.api.connections.template,
  summary: "List connections, and the kinds that there are",
  responses: {
    200: json(
      z.object({ connections: z.array(connectionSchema), kinds: z.array(kindSchema) }),
      "All of them, without secrets.",
    ),
    ...refusals,
  },
});
const addRoute = createRoute({
  method: "post",
  path: routes.api.connections.template,
  summary: "Add a connection and test it",
  request: { body: jsonBody(said.extend({ kind: z.string() })) },
  responses: { 201: json(connectionSchema, "The connection, with what the test found."), ...refusals },
});
const showRoute = createRoute({
  method: "get",
  path: routes.api.connection.template,
  summary: "Show a connection",
  request: { params },
  responses: { ...one, 200: json(connectionSchema, "The connection.") },
});
const changeRoute = createRoute({
  method: "put",
  path: routes.api.connection.template,
  summary: "Change a connection and test it",
  description: "A secret that is left out stays as it is.",
  request: { params, body: jsonBody(said) },
  responses: one,
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.connection.template,
  summary: "Remove a connection with its secrets",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "It is removed."), ...refusals },
});
const testRoute = createRoute({
  method: "post",
  path: routes.api.testConnection.template,
  summary: "Test a connection",
  request: { params },
  responses: one,
});
const acceptRoute = createRoute({
  method: "post",
  path: routes.api.acceptOffer.template,
  summary: "Keep what the last test offered",
  request: { params },
  responses: one,
});
