import { type Context, Hono } from "hono";
import { routes } from "#core/routes.ts";
import { deviceOf } from "#people/device.ts";
import { passkeyPlace } from "#people/passkey-place.ts";
import { SettingsPage, type SettingsPageProps } from "#views/settings.tsx";
import { scopesIn } from "#web/app-scope.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { whoseOf } from "#web/whose.ts";
import { readToken } from "./new-token.ts";
import { whyNoPasskey } from "./passkeys.ts";
import { sentForm } from "./sent-form.ts";

const auditsShown = 200;

type SettingsDeps = Pick<
  WebDeps,
  | "engine"
  | "apps"
  | "shares"
  | "signIn"
  | "tokens"
  | "people"
  | "passkeys"
  | "store"
  | "clock"
  | "staticFiles"
  | "news"
  | "publicUrls"
>;

/** Who is signed in, API tokens, and who did what. */
export const settingsPages = (deps: SettingsDeps) =>
  new Hono<WebEnv>()
    .get(routes.settings.pattern, (c) => page(c, deps))
    .post(routes.endSessions.pattern, async (c) => {
      const identity = c.get("identity");
      await deps.signIn.endAll(identity.sessionId, identity.by, identity.person.id);
      return c.redirect(routes.settings.href(), 303);
    })
    .post(routes.endSession.pattern, async (c) => {
      const identity = c.get("identity");
      await deps.signIn.end(c.req.param("id"), identity.by, whoseOf(identity));
      return c.redirect(routes.settings.href(), 303);
    })
    .post(routes.tokens.pattern, async (c) => {
      const { values } = await sentForm(c);
      const asked = readToken(
        values,
        scopesIn(c, deps).map(({ id }) => id),
      );
      const { token, secret } = await deps.tokens.create(asked, c.get("identity").by);
      return page(c, deps, { name: token.name, secret });
    })
    .post(routes.removeToken.pattern, async (c) => {
      const identity = c.get("identity");
      await deps.tokens.remove(c.req.param("id"), identity.by, whoseOf(identity));
      return c.redirect(routes.settings.href(), 303);
    });

// A new token's secret stands in the answer to the post itself: nothing else ever shows it again.
const page = async (c: Context<WebEnv>, deps: SettingsDeps, newToken?: SettingsPageProps["newToken"]) => {
  const identity = c.get("identity");
  const whose = whoseOf(identity);
  const place = passkeyPlace(c.req.header("Host"), deps.publicUrls);
  const [shares, sessions, passkeys, tokens, audits, people] = await Promise.all([
    deps.shares.list(null),
    deps.signIn.sessions(whose),
    deps.passkeys.list(whose),
    deps.tokens.list(whose),
    whose === null ? deps.store.accounts.audits(auditsShown) : null,
    whose === null ? deps.people.list() : null,
  ]);
  return c.html(
    <SettingsPage
      {...pageProps(c, deps)}
      sessions={sessions}
      thisSession={identity.sessionId}
      passkeys={passkeys}
      addsPasskey={{
        as: deviceOf(c.req.header("User-Agent")),
        hinders: "why" in place ? place.why : whyNoPasskey(identity),
      }}
      tokens={tokens}
      hasPresetToken={whose === null && deps.tokens.hasPreset}
      workflows={scopesIn(c, deps)}
      shares={shares.filter(({ personId }) => whose === null || personId === whose)}
      audits={audits}
      people={people}
      runs={deps.news.version}
      now={deps.clock.now()}
      {...(newToken === undefined ? {} : { newToken })}
    />,
  );
};
