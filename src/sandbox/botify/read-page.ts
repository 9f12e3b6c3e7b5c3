import type { IncomingHttpHeaders } from "node:http";
import type { CheerioAPI } from "cheerio";

/** What a crawl found at one address. */
export interface CrawledPage {
  url: string;
  httpCode: number | null;
  contentType: string | null;
  title: string | null;
  description: string | null;
  h1: string[];
  canonical: string | null;
  noindex: boolean;
  redirectTo: string | null;
  byteSize: number;
  loadMs: number;
  crawledAt: Date;
  /** Internal links, each once. */
  links: string[];
}

export interface Answer {
  url: string;
  status: number | null;
  headers: IncomingHttpHeaders;
  byteSize: number;
  contentType: string | null;
  /** Null when it is no HTML. */
  $: CheerioAPI | null;
  loadMs: number;
  crawledAt: Date;
  /** Links to other hosts are left out. */
  host: string;
}

/** An address that gave no answer. */
export const unreadablePage = (url: string, crawledAt: Date): CrawledPage => ({
  url,
  httpCode: null,
  contentType: null,
  title: null,
  description: null,
  h1: [],
  canonical: null,
  noindex: false,
  redirectTo: null,
  byteSize: 0,
  loadMs: 0,
  crawledAt,
  links: [],
});

/** Reads a page's title, description, headings, links and what it says about being indexed. */
export const readPage = (answer: Answer): CrawledPage => {
  const { url, status, headers, byteSize, contentType, $, loadMs, crawledAt, host } = answer;
  const isRedirect = status !== null && status >= 300 && status <= 399;
  const page: CrawledPage = {
    ...unreadablePage(url, crawledAt),
    httpCode: status,
    contentType,
    redirectTo:
      isRedirect && headers.location !== undefined ? absolute(fromLatin1(headers.location), url) : null,
    noindex: /\b(noindex|none)\b/i.test(String(headers["x-robots-tag"] ?? "")),
    byteSize,
    loadMs,
  };
  if ($ === null) return page;
  const base = absolute($("base[href]").attr("href") ?? "", url) ?? url;
  const canonical = $('link[rel~="canonical" i]').attr("href");
  const links = $("a[href]")
    .map((_, link) => absolute($(link).attr("href") ?? "", base))
    .get()
    .filter((link) => link !== null && isOn(link, host));
  return {
    ...page,
    // Not "head > title": a page may leave the tags of its head out. Drawings have titles of their own.
    title: textOrNull($("title").not("svg title").first().text()),
    description: textOrNull($('meta[name="description" i]').attr("content")),
    h1: $("h1")
      .map((_, h1) => $(h1).text().trim())
      .get()
      .filter((text) => text !== ""),
    canonical: canonical === undefined ? null : absolute(canonical, base),
    noindex: page.noindex || /\b(noindex|none)\b/i.test($('meta[name="robots" i]').attr("content") ?? ""),
    links: [...new Set(links)],
  };
};

export const isOn = (url: string, host: string): boolean => new URL(url).host === host;

const textOrNull = (text: string | undefined): string | null => {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
};

/** Node reads headers as Latin-1, but many servers send addresses in UTF-8. */
const fromLatin1 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

const absolute = (href: string, base: string): string | null => {
  if (!URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  url.hash = "";
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
};
