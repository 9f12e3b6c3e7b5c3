import { Hono } from "hono";
import { html } from "hono/html";
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
        return c.html(document({ title: "Not found" }, "This page does not exist."), 404);
      case "file":
        return c.body(page.body, 200, { "content-type": page.contentType });
      case "page":
        return c.html(document(page, bodyOf(page)));
      default:
        return page satisfies never;
    }
  });
  return site;
};

const bodyOf = ({
  h1,
  text,
  links,
}: Extract<SamplePage, { kind: "page" }>) => html`${h1.map((one) => html`<h1>${one}</h1>`)}
<p>${text}</p>
<ul>${links.map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul>`;

interface Head {
  title: string | null;
  description?: string | null;
  canonical?: string;
  noindex?: boolean;
}

const document = ({ title, description, canonical, noindex }: Head, body: ReturnType<typeof html> | string) =>
  html`<!doctype html><html lang="en"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
${title === null ? "" : html`<title>${title}</title>`}
${description ? html`<meta name="description" content="${description}">` : ""}
${canonical === undefined ? "" : html`<link rel="canonical" href="${canonical}">`}
${noindex === true ? html`<meta name="robots" content="noindex">` : ""}
<style>${css}</style>
</head><body>${body}</body></html>`;
