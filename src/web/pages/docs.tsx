import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { DocsPage } from "#views/docs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { readPage } from "#web/docs/read-page.ts";
import { pageProps } from "#web/page-props.ts";

/** The documentation of the version that runs, without a network and before anybody has signed in. */
export const docsPages = (deps: Pick<WebDeps, "staticFiles">) => {
  const app = new Hono<WebEnv>();
  for (const { pattern } of [routes.docs, routes.docsPage]) {
    app.get(pattern, async (c) => {
      const path = c.req.path.slice(routes.docs.pattern.length).replace(/^\//, "");
      const [contents, page] = await Promise.all([readPage(""), readPage(path)]);
      if (contents === null || page === null)
        throw new AppError("not-found", "There is no such page in the documentation.");
      return c.html(
        <DocsPage {...pageProps(c, deps)} page={page} contents={path === "" ? null : contents.html} />,
      );
    });
  }
  return app;
};
