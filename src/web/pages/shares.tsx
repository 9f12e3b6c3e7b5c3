import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { NewSharePage } from "#views/shares.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { ownAddress } from "#web/own-address.ts";
import { pageProps } from "#web/page-props.ts";
import { whoseOf } from "#web/whose.ts";
import { sentTexts } from "./sent-form.ts";

/** Makes links to runs, and takes them back. A link stands in the answer to the post itself: nothing else ever shows it again. */
export const sharesPages = (deps: Pick<WebDeps, "engine" | "shares" | "staticFiles" | "publicUrls">) =>
  new Hono<WebEnv>()
    .post(routes.shareRun.pattern, async (c) => {
      const { id, title, number, subject } = await deps.engine.picture(c.req.param("id"));
      const { days = "", files } = await sentTexts(c);
      const { share, secret } = await deps.shares.make(
        { runId: id, title: `${title}: ${subject}`, days: Number(days), files: files === "yes" },
        c.get("identity").by,
      );
      const link = ownAddress(c, deps, routes.shared.href({ secret }));
      return c.html(
        <NewSharePage {...pageProps(c, deps)} link={link} share={share} title={`${title} #${number}`} />,
      );
    })
    .post(routes.revokeShare.pattern, async (c) => {
      const identity = c.get("identity");
      const { runId } = await deps.shares.revoke(c.req.param("id"), identity.by, whoseOf(identity));
      return c.redirect(routes.run.href({ id: runId }), 303);
    });
