import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { BotsPage, BotsPart } from "#views/bots.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { pageProps } from "#web/page-props.ts";

/** The bots of a server, also those that were not made here. What was seen last is shown at once; the page follows a look under way. */
export const botPages = (deps: Pick<WebDeps, "connections" | "bots" | "clock" | "staticFiles">) => {
  const { connections, bots, clock } = deps;
  return new Hono<WebEnv>()
    .get(routes.bots.pattern, async (c) => {
      const { id, name } = await connections.get(c.req.param("id"));
      const isFragment = answerKind(c) === "fragment";
      const known = bots.of(id);
      if (!isFragment && known.seen === null && known.failed === null) bots.look(id);
      const props = { id, name, look: bots.of(id), now: clock.now() };
      return c.html(isFragment ? <BotsPart {...props} /> : <BotsPage {...pageProps(c, deps)} {...props} />);
    })
    .post(routes.bots.pattern, async (c) => {
      const { id } = await connections.get(c.req.param("id"));
      bots.look(id);
      return c.redirect(routes.bots.href({ id }), 303);
    });
};
