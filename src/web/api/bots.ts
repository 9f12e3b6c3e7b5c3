import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, refusals } from "./router.ts";

/** The bots of a server, as the page of its connection shows them: the newest look, and one more by a POST. */
export const botsApi = ({ connections, bots }: Pick<WebDeps, "connections" | "bots">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(showRoute, async (c) => {
      const { id } = await connections.get(c.req.valid("param").id);
      return c.json(lookSchema.parse(bots.of(id)), 200);
    })
    .openapi(lookRoute, async (c) => {
      const { id } = await connections.get(c.req.valid("param").id);
      bots.look(id);
      return c.json(lookSchema.parse(bots.of(id)), 202);
    });

const account = z.object({
  id: z.string(),
  username: z.string().nullable(),
  isConnected: z.boolean(),
  state: z.string().nullable(),
  error: z.string().nullable(),
});
const lookSchema = z
  .object({
    since: z
      .number()
      .nullable()
      .openapi({ description: "Since when it is being looked at; null: nobody looks." }),
    seen: z
      .object({
        at: z.number(),
        version: z.string(),
        gatewayUpMs: z.number().nullable(),
        bots: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            emoji: z.string().nullable(),
            model: z.string(),
            isDefault: z.boolean(),
            accounts: z.array(account),
          }),
        ),
        loose: z.array(account).openapi({ description: "Accounts that belong to no bot." }),
      })
      .nullable(),
    failed: z.object({ sentence: z.string(), at: z.number() }).nullable(),
  })
  .openapi("BotLook");

const params = z.object({ id: z.string() });

const showRoute = createRoute({
  method: "get",
  path: routes.api.bots.template,
  summary: "The bots of a server, as they were seen last",
  request: { params },
  responses: { 200: json(lookSchema, "What was seen last"), ...refusals },
});

const lookRoute = createRoute({
  method: "post",
  path: routes.api.bots.template,
  summary: "Look at the bots of a server anew; a GET shows what was seen once that is done",
  request: { params },
  responses: { 202: json(lookSchema, "It is looked at"), ...refusals },
});
