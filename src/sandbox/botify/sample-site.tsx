import { Hono } from "hono";
import { type SamplePage, samplePages } from "./sample-pages.ts";

const css =
  "body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#223}a{color:#0b6}h1{line-height:1.2}@media(prefers-color-scheme:dark){body{background:#112;color:#dde}}";

/** A small site to crawl: a shop for hikers with all the oddities of real sites. */
export const sampleSite = (): Hono => {
  const pages = samplePages();
  const site = new Hono();
  site.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /robots-excluded/\n"));
  site.get("*", (c) => {
    const page = pages.get(new URL(c.req.url).pathname) ?? { kind: "gone" };
    switch (page.kind) {
      case "redirect":
        return c.redirect(page.to, 301);
      case "gone":
        return c.html(<Document title="Not found">This page does not exist.</Document>, 404);
      case "file":
        return c.body(page.body, 200, { "content-type": page.contentType });
      case "page":
        return c.html(<Page page={page} />);
      default:
        return page satisfies never;
    }
  });
  return site;
};

const Page = ({ page }: { page: Extract<SamplePage, { kind: "page" }> }) => (
  <Document
    title={page.title}
    description={page.description}
    {...(page.canonical === undefined ? {} : { canonical: page.canonical })}
    noindex={page.noindex === true}
  >
    {page.h1.map((text) => (
      <h1>{text}</h1>
    ))}
    <p>{page.text}</p>
    <ul>
      {page.links.map((link) => (
        <li>
          <a href={link}>{link}</a>
        </li>
      ))}
    </ul>
  </Document>
);

const Document = ({
  title,
  description = null,
  canonical,
  noindex = false,
  children,
}: {
  title: string | null;
  description?: string | null;
  canonical?: string;
  noindex?: boolean;
  children?: unknown;
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      {title === null ? null : <title>{title}</title>}
      {description === null ? null : <meta name="description" content={description} />}
      {canonical === undefined ? null : <link rel="canonical" href={canonical} />}
      {noindex ? <meta name="robots" content="noindex" /> : null}
      <style>{css}</style>
    </head>
    <body>{children}</body>
  </html>
);
