import type { GuardedAnswer } from "#connectors/http/guarded-fetch.ts";
import type { CrawledPage } from "#core/crawl.ts";
import { pageText } from "./page-text.ts";
import { readHtml, saysNoindex } from "./read-html.ts";

/** What a page may be at most; what is no HTML is not read at all. */
const mostPageBytes = 10 * 1_024 * 1_024;

/** An address that gave no answer. */
export const unreadablePage = (url: string, crawledAt: number): CrawledPage => ({
  url,
  httpCode: null,
  contentType: null,
  title: null,
  description: null,
  h1: [],
  canonical: null,
  noindex: false,
  redirectTo: null,
  byteSize: null,
  loadMs: 0,
  crawledAt,
  links: [],
  cut: null,
});

/** Reads a page's title, description, headings, links and what it says about being indexed. */
export const readPage = async (
  url: string,
  { status, headers, read, discard }: GuardedAnswer,
  crawledAt: number,
): Promise<CrawledPage> => {
  const type = headers["content-type"];
  const contentType = type?.split(";", 1)[0]?.trim().toLowerCase() || null;
  const isRedirect = status >= 300 && status <= 399;
  const page: CrawledPage = {
    ...unreadablePage(url, crawledAt),
    httpCode: status,
    contentType,
    redirectTo:
      isRedirect && headers.location !== undefined ? absolute(fromLatin1(headers.location), url) : null,
    noindex: saysNoindex(String(headers["x-robots-tag"] ?? "")),
  };
  if (contentType?.includes("html") !== true) {
    discard();
    const length = headers["content-length"];
    return { ...page, byteSize: length === undefined ? null : Number(length) };
  }
  const { bytes, whole } = await read(mostPageBytes);
  const { cut, ...facts } = readHtml(pageText(bytes, type ?? ""));
  const base = (facts.base === null ? null : absolute(facts.base, url)) ?? url;
  const { host } = new URL(url);
  const links = new Set<string>();
  for (const href of facts.links) {
    const link = absolute(href, base);
    if (link !== null && isOn(link, host)) links.add(link);
  }
  return {
    ...page,
    title: facts.title,
    description: facts.description,
    h1: facts.h1,
    canonical: facts.canonical === null ? null : absolute(facts.canonical, base),
    noindex: page.noindex || facts.noindex,
    byteSize: bytes.length,
    links: [...links],
    cut:
      cut ??
      (whole ? null : `It is longer than ${mostPageBytes / 1_024 / 1_024} MB; it was read up to there.`),
  };
};

export const isOn = (url: string, host: string): boolean => new URL(url).host === host;

const absolute = (href: string, base: string): string | null => {
  const url = URL.parse(href, base);
  if (url === null) return null;
  url.hash = "";
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
};

/** Headers are read as Latin-1, but many servers send addresses in UTF-8. */
const fromLatin1 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");
