import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiToken } from "#core/accounts.ts";
import { rights } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { scopesIn } from "#web/app-scope.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { checkedToken } from "#web/new-token.ts";
import { whoseOf } from "#web/whose.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";

/** Sessions and tokens: one's own, and for admins everybody's. */
export const accountApi = (
  deps: Pick<WebDeps, "engine" | "apps" | "signIn" | "tokens" | "passkeys">,
): OpenAPIHono<WebEnv> => {
  const { signIn, tokens, passkeys } = deps;
  return createRouter()
    .openapi(tokensRoute, async (c) =>
      c.json({ tokens: (await tokens.list(whoseOf(c.get("identity")))).map(plain) }, 200),
    )
    .openapi(makeRoute, async (c) => {
      const { name, rights: may, workflows, days } = c.req.valid("json");
      const known = scopesIn(c, deps).map(({ id }) => id);
      const asked = checkedToken({ name, may, workflows, days }, known);
      const { token, secret } = await tokens.create(asked, c.get("identity").by);
      return c.json({ id: token.id, name: token.name, secret }, 201);
    })
    .openapi(removeTokenRoute, async (c) => {
      const { id } = c.req.valid("param");
      const identity = c.get("identity");
      await tokens.remove(id, identity.by, whoseOf(identity));
      return c.json({ removed: id }, 200);
    })
    .openapi(passkeysRoute, async (c) => {
      const all = await passkeys.list(whoseOf(c.get("identity")));
      return c.json(
        { passkeys: all.map(({ id, name, host, createdAt }) => ({ id, name, host, createdAt })) },
        200,
      );
    })
    .openapi(removePasskeyRoute, async (c) => {
      const { id } = c.req.valid("param");
      const identity = c.get("identity");
      await passkeys.remove(id, identity.by, whoseOf(identity));
      return c.json({ removed: id }, 200);
    })
    .openapi(sessionsRoute, async (c) => {
      const sessions = await signIn.sessions(whoseOf(c.get("identity")));
      const shown = sessions.map(({ id, personName, device, place, createdAt, lastSeenAt, expiresAt }) => ({
        id,
        person: personName,
        device,
        place,
        createdAt,
        lastSeenAt,
        expiresAt,
      }));
      return c.json({ sessions: shown }, 200);
    })
    .openapi(endAllRoute, async (c) => {
      const { by, sessionId, person } = c.get("identity");
      return c.json({ ended: await signIn.endAll(sessionId, by, person.id) }, 200);
    })
    .openapi(endRoute, async (c) => {
      const { id } = c.req.valid("param");
      const identity = c.get("identity");
      await signIn.end(id, identity.by, whoseOf(identity));
      return c.json({ ended: 1 }, 200);
    });
};

const plain = ({ id, name, personName, scope, expiresAt, createdAt, lastUsedAt, madeBy }: ApiToken) => ({
  id,
  name,
  person: personName,
  rights: [...scope.rights],
  workflows: scope.workflows === null ? null : [...scope.workflows],
  expiresAt,
  createdAt,
  lastUsedAt,
  madeBy,
});

const params = z.object({ id: z.string() });
const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    person: z.string(),
    rights: z.array(z.enum(rights)),
    workflows: z.array(z.string()).nullable().openapi({ description: "Null: all." }),
    expiresAt: z.number().nullable(),
    createdAt: z.number(),
    lastUsedAt: z.number().nullable(),
    madeBy: z.string(),
  })
  .openapi("Token");
const sessionSchema = z
  .object({
    id: z.string(),
    person: z.string(),
    device: z.string(),
    place: z.string(),
    createdAt: z.number(),
    lastSeenAt: z.number(),
    expiresAt: z.number(),
  })
  .openapi("Session");
const removed = json(z.object({ removed: z.string() }), "It is removed.");
const ended = json(z.object({ ended: z.number().int() }), "How many sessions ended.");

const tokensRoute = createRoute({
  method: "get",
  path: routes.api.tokens.template,
  summary: "List API tokens",
  responses: { 200: json(z.object({ tokens: z.array(tokenSchema) }), "Without their secrets."), ...refusals },
});
const makeRoute = createRoute({
  method: "post",
  path: routes.api.tokens.template,
  summary: "Make an API token",
  request: {
    body: jsonBody(
      z.object({
        name: z.string(),
        rights: z
          .array(z.enum(rights))
          .default([])
          .openapi({ description: "Left out: read, run and answer." }),
        workflows: z
          .array(z.string())
          .default([])
          .openapi({ description: "Left out: all. An app is named as app:its-address." }),
        days: z.number().int().min(1).max(9_999).nullable().default(null),
      }),
    ),
  },
  responses: {
    201: json(
      z.object({ id: z.string(), name: z.string(), secret: z.string() }),
      "The token. Nothing shows its secret again.",
    ),
    ...refusals,
  },
});
const removeTokenRoute = createRoute({
  method: "delete",
  path: routes.api.token.template,
  summary: "Remove an API token, and those that were made with it",
  request: { params },
  responses: { 200: removed, ...refusals },
});
const passkeysRoute = createRoute({
  method: "get",
  path: routes.api.passkeys.template,
  summary: "List passkeys",
  responses: {
    200: json(
      z.object({
        passkeys: z.array(
          z.object({ id: z.string(), name: z.string(), host: z.string(), createdAt: z.number() }),
        ),
      }),
      "Each with the name of this server at which it works.",
    ),
    ...refusals,
  },
});
const removePasskeyRoute = createRoute({
  method: "delete",
  path: routes.api.passkey.template,
  summary: "Remove a passkey",
  request: { params },
  responses: { 200: removed, ...refusals },
});
const sessionsRoute = createRoute({
  method: "get",
  path: routes.api.sessions.template,
  summary: "List who is signed in",
  responses: {
    200: json(z.object({ sessions: z.array(sessionSchema) }), "The last used first."),
    ...refusals,
  },
});
const endAllRoute = createRoute({
  method: "delete",
  path: routes.api.sessions.template,
  summary: "End all sessions of one's own",
  responses: { 200: ended, ...refusals },
});
const endRoute = createRoute({
  method: "delete",
  path: routes.api.session.template,
  summary: "End a session",
  request: { params },
  responses: { 200: ended, ...refusals },
});
