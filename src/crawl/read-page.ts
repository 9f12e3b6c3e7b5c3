import type { IncomingHttpHeaders } from "node:http";
import type { GuardedAnswer } from "#connectors/http/guarded-fetch.ts";
import { type CrawledPage, isPage } from "#core/crawl.ts";
import { pageText } from "./page-text.ts";
import { type PageFacts, readHtml, refreshTarget, saysNofollow, saysNoindex } from "./read-html.ts";

/** What a page may be at most; what is no HTML is not read at all. */
const mostPageBytes = 10 * 1_024 * 1_024;

/** A page as it was read, and the addresses on its host that it only names. */
export interface ReadPage {
  page: CrawledPage;
  named: string[];
  /** Links to other hosts. */
  elsewhere: string[];
}

/** An address that gave no answer; `why` is the sentence of the error. */
export const unreadablePage = (url: string, crawledAt: number, why: string): CrawledPage => ({
  url,
  httpCode: null,
  contentType: null,
  title: null,
  description: null,
  h1: [],
  canonical: null,
  noindex: false,
  nofollow: false,
  redirectTo: null,
  byteSize: null,
  wireBytes: null,
  loadMs: null,
  crawledAt,
  links: [],
  linksTotal: 0,
  hreflang: [],
  cut: why,
});

/** What an answer's headers alone tell. */
export const headPage = (
  url: string,
  { status, headers }: Pick<GuardedAnswer, "status" | "headers">,
  crawledAt: number,
): CrawledPage => {
  const isRedirect = status >= 300 && status <= 399;
  const robots = String(headers["x-robots-tag"] ?? "");
  const length = lengthOf(headers);
  const links = linksOf(headers, url);
  return {
    ...unreadablePage(url, crawledAt, ""),
    cut: null,
    httpCode: status,
    contentType: headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() || null,
    redirectTo:
      isRedirect && headers.location !== undefined ? absolute(fromLatin1(headers.location), url) : null,
    canonical: links.find(({ rel }) => rel.includes("canonical"))?.to ?? null,
    hreflang: links.flatMap(({ rel, to, lang }) =>
      lang !== null && rel.includes("alternate") ? [`${lang} ${to}`] : [],
    ),
    noindex: saysNoindex(robots),
    nofollow: saysNofollow(robots),
    byteSize: headers["content-encoding"] === undefined ? length : null,
    wireBytes: length,
  };
};

/** Reads a page's title, description, headings, links and what it says about being indexed. Throws what the network did to its body. */
export const readPage = async (
  url: string,
  answer: Pick<GuardedAnswer, "status" | "headers" | "read" | "discard">,
  crawledAt: number,
): Promise<ReadPage> => {
  const page = headPage(url, answer, crawledAt);
  if (!isPage(page.contentType)) {
    answer.discard();
    return { page, named: [], elsewhere: [] };
  }
  const { bytes, wireBytes, whole } = await answer.read(mostPageBytes);
  const isXml = page.contentType?.includes("xml") === true;
  const facts = readHtml(pageText(bytes, answer.headers["content-type"] ?? ""), isXml);
  const base = (facts.base === null ? null : absolute(facts.base, url)) ?? url;
  const byHeader = refreshTarget(String(answer.headers.refresh ?? ""));
  const refresh =
    byHeader !== null
      ? absolute(fromLatin1(byHeader), url)
      : facts.refresh !== null
        ? absolute(facts.refresh, base)
        : null;
  const { host } = new URL(url);
  const { links, linksTotal, elsewhere } = sortLinks(facts, base, host);
  return {
    page: {
      ...page,
      title: facts.title,
      description: facts.description,
      h1: facts.h1,
      canonical: (facts.canonical === null ? null : absolute(facts.canonical, base)) ?? page.canonical,
      noindex: page.noindex || facts.noindex,
      nofollow: page.nofollow || facts.nofollow,
      redirectTo: page.redirectTo ?? (refresh === url ? null : refresh),
      byteSize: whole ? bytes.length : page.byteSize,
      wireBytes: whole ? wireBytes : page.wireBytes,
      links,
      linksTotal,
      hreflang: [
        ...page.hreflang,
        ...facts.hreflang.flatMap(({ lang, href }) => {
          const to = absolute(href, base);
          return to === null ? [] : [`${lang} ${to}`];
        }),
      ],
      cut:
        facts.cut ??
        (whole ? null : `It is longer than ${mostPageBytes / 1_024 / 1_024} MB; it was read up to there.`),
    },
    named: [
      ...page.hreflang.map((alternate) => alternate.slice(alternate.indexOf(" ") + 1)),
      ...facts.named.flatMap((href) => absolute(href, base) ?? []),
    ].filter((to) => isOn(to, host)),
    elsewhere,
  };
};

/** A link counts as followed as soon as one of those to its address is. */
const sortLinks = ({ links, nofollow: none }: PageFacts, base: string, host: string) => {
  const internal = new Map<string, boolean>();
  const elsewhere = new Set<string>();
  let linksTotal = 0;
  for (const { href, nofollow } of links) {
    const link = absolute(href, base);
    if (link === null) continue;
    if (!isOn(link, host)) {
      elsewhere.add(link);
      continue;
    }
    linksTotal++;
    internal.set(link, (internal.get(link) ?? true) && (nofollow || none));
  }
  return {
    links: [...internal].map(([url, nofollow]) => ({ url, nofollow })),
    linksTotal,
    elsewhere: [...elsewhere],
  };
};

export const isOn = (url: string, host: string): boolean => new URL(url).host === host;

const absolute = (href: string, base: string): string | null => {
  const url = URL.parse(href, base);
  if (url === null) return null;
  url.hash = "";
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
};

/** `Link: <https://…>; rel="canonical"` (RFC 8288), with the address where each leads. */
const linksOf = (
  { link }: IncomingHttpHeaders,
  url: string,
): { rel: string[]; to: string; lang: string | null }[] =>
  [...String(link ?? "").matchAll(/<([^<>]*)>([^<]*)/g)].flatMap(([, href = "", params = ""]) => {
    const param = (name: string) => {
      const [, quoted, plain] =
        new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;,"]+))`, "i").exec(params) ?? [];
      return quoted ?? plain ?? null;
    };
    const to = absolute(fromLatin1(href), url);
    const rel = param("rel")?.toLowerCase().split(/\s+/) ?? [];
    return to === null ? [] : [{ rel, to, lang: param("hreflang") }];
  });

const lengthOf = (headers: IncomingHttpHeaders): number | null => {
  const length = headers["content-length"];
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : null;
};

/** Headers are read as Latin-1, but many servers send addresses in UTF-8. */
const fromLatin1 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");
