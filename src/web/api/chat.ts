import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { createConversations } from "#chat/conversation.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";

/** The chat, for programs: each token, and each person by their sessions, has conversations of its own. */
export const chatApi = ({
  engine,
  store,
  clock,
}: Pick<WebDeps, "engine" | "store" | "clock">): OpenAPIHono<WebEnv> => {
  const conversations = createConversations({ engine, clock, chats: store.chats });
  return createRouter().openapi(sayRoute, async (c) => {
    const { text, conversation } = c.req.valid("json");
    const who = c.get("identity");
    const id = `api:${who.tokenId ?? who.person.id}:${conversation}`;
    const said = await conversations.say(id, who, text);
    const { lines = [], link = null, buttons = [], live: run = null } = said ?? {};
    return c.json({ lines: [...lines], link, buttons: [...buttons], run }, 200);
  });
};

const sayRoute = createRoute({
  method: "post",
  path: routes.api.chat.template,
  summary: "Say something about runs",
  description:
    "A sentence in English, German, Spanish, Portuguese or French: “how is my export going?”. What cannot be undone is asked back first, and waits two minutes for a yes in the same conversation.",
  request: {
    body: jsonBody(
      z.object({
        text: z.string().min(1).max(4_096),
        conversation: z
          .string()
          .regex(/^[\w.-]{1,64}$/)
          .default("main")
          .openapi({ description: "What “it”, “yes” and “2” refer to is kept per conversation." }),
      }),
    ),
  },
  responses: {
    200: json(
      z.object({
        lines: z.array(z.string()),
        link: z.object({ label: z.string(), href: z.string() }).nullable(),
        buttons: z
          .array(z.object({ label: z.string(), says: z.string() }))
          .openapi({ description: "Sentences that may be said next." }),
        run: z.string().nullable().openapi({ description: "The run whose standing is told." }),
      }),
      "The answer.",
    ),
    ...refusals,
  },
});
