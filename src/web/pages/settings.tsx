import { type Context, Hono } from "hono";
import { routes } from "#core/routes.ts";
import { SettingsPage, type SettingsPageProps } from "#views/settings.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { readToken } from "./new-token.ts";
import { sentForm } from "./sent-form.ts";

const auditsShown = 200;

type SettingsDeps = Pick<
  WebDeps,
  "engine" | "signIn" | "tokens" | "store" | "clock" | "staticFiles" | "news"
>;

/** Who is signed in, API tokens, and who did what. */
export const settingsPages = (deps: SettingsDeps) =>
  new Hono<WebEnv>()
    .get(routes.settings.pattern, (c) => page(c, deps))
    .post(routes.endSessions.pattern, async (c) => {
      const identity = c.get("identity");
      await deps.signIn.endAll(identity.sessionId, identity.by);
      return c.redirect(routes.settings.href(), 303);
    })
    .post(routes.endSession.pattern, async (c) => {
      await deps.signIn.end(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.settings.href(), 303);
    })
    .post(routes.tokens.pattern, async (c) => {
      const { values } = await sentForm(c);
      const asked = readToken(
        values,
        deps.engine.workflows.map(({ id }) => id),
      );
      const { token, secret } = await deps.tokens.create(asked, c.get("identity").by);
      return page(c, deps, { name: token.name, secret });
    })
    .post(routes.removeToken.pattern, async (c) => {
      await deps.tokens.remove(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.settings.href(), 303);
    });

// A new token's secret stands in the answer to the post itself: nothing else ever shows it again.
const page = async (c: Context<WebEnv>, deps: SettingsDeps, newToken?: SettingsPageProps["newToken"]) => {
  const [sessions, tokens, audits] = await Promise.all([
    deps.signIn.sessions(),
    deps.tokens.list(),
    deps.store.accounts.audits(auditsShown),
  ]);
  return c.html(
    <SettingsPage
      {...pageProps(c, deps)}
      sessions={sessions}
      thisSession={c.get("identity").sessionId}
      tokens={tokens}
      workflows={deps.engine.workflows}
      audits={audits}
      runs={deps.news.version}
      now={deps.clock.now()}
      {...(newToken === undefined ? {} : { newToken })}
    />,
  );
};
