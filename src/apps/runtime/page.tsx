import { raw } from "hono/html";
import type { PropsWithChildren } from "hono/jsx";
import { sheets } from "./assets.ts";
import type { Site } from "./site.ts";

export interface PageProps {
  site: Site;
  title: string;
  /** The table whose page it is. */
  table?: string;
}

const htmxConfig = JSON.stringify({ includeIndicatorCSS: false });

/** A whole page. No script and no style stands in it, so that the strictest content security policy may hold. */
export const Page = ({ site, title, table, children }: PropsWithChildren<PageProps>) => (
  <>
    {raw("<!doctype html>")}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title === site.schema.title ? title : `${title} – ${site.schema.title}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={htmxConfig} />
        {sheets.map((sheet) => (
          <link rel="stylesheet" href={site.to.asset(sheet, site.version)} />
        ))}
        <link rel="icon" href="data:," />
        <script src={site.to.asset("htmx.min.js", site.version)} defer />
        <script type="module" src={site.to.asset("app.js", site.version)} />
      </head>
      <body>
        <a class="skip-link" href="#content">
          Skip to the content
        </a>
        <Header site={site} table={table} />
        <main class="container" id="content" tabindex={-1}>
          <div id="note" role="alert" />
          {children}
        </main>
      </body>
    </html>
  </>
);

const Header = ({ site, table }: { site: Site; table: string | undefined }) => (
  <header class="top">
    <div class="container bar">
      <a class="brand" href={site.to.home()}>
        {site.schema.title}
      </a>
      <nav aria-label="Main">
        {Object.entries(site.schema.tables).map(([name, { title }]) => (
          <a href={site.to.list(name)} aria-current={name === table ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {site.back !== null && (
        <a class="back" href={site.back.href}>
          {site.back.title}
        </a>
      )}
    </div>
  </header>
);

/** A sentence that must be seen: what was done, or what stands in the way. */
export const Note = ({ tone, children }: PropsWithChildren<{ tone: "good" | "bad" }>) => (
  <p class={`note ${tone}`}>{children}</p>
);

/** A page that says why something cannot be shown or done. */
export const RefusalPage = ({ site, sentence }: { site: Site; sentence: string }) => (
  <Page site={site} title="This did not work">
    <h1>This did not work</h1>
    <Note tone="bad">{sentence}</Note>
    <p>
      <a href={site.to.home()}>Back to {site.schema.title}</a>
    </p>
  </Page>
);
