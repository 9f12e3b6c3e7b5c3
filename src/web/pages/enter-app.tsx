import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { EnterAppPage } from "#views/enter-app.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { isOwnPath } from "#web/next-page.ts";
import { pageProps } from "#web/page-props.ts";
import { sessionCookieAt } from "#web/public-names.ts";

type EnterDeps = Pick<
  WebDeps,
  "apps" | "appsOrigin" | "appEntry" | "sessionCookie" | "publicUrls" | "staticFiles"
>;

/** The page that hands a session over to an app with a host name of its own: by a form, so that no address ever holds the code. */
export const enterAppPages = (deps: EnterDeps) =>
  new Hono<WebEnv>().get(routes.enterApp.pattern, (c) => {
    const { slug, schema } = deps.apps.open(c.req.param("slug"));
    const { handsOver = false, ofApp } = deps.appsOrigin ?? {};
    if (!handsOver || ofApp === undefined) return c.redirect(routes.app.href({ slug }), 302);
    const session = getCookie(c, sessionCookieAt(deps)(c.req.header("Host")));
    if (session === undefined)
      throw new AppError(
        "not-allowed-now",
        "Only a browser comes in this way. Programs send their token to the app.",
      );
    const action = ofApp(c, slug).replace(/\?.*$/s, "");
    const to = c.req.query("to") ?? "";
    c.set("leadsTo", new URL(action).origin);
    return c.html(
      <EnterAppPage
        {...pageProps(c, deps)}
        title={schema.title}
        action={action}
        code={deps.appEntry.codeFor(session, slug)}
        to={isOwnPath(to) ? to : routes.app.href({ slug })}
      />,
    );
  });
