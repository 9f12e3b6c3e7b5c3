import type { Crawl, LeftOutReason } from "#core/crawl.ts";
import { plural } from "#core/plural.ts";

/** What is not in a crawl, a sentence each. */
export const notInIt = (crawl: Crawl): string[] => {
  const { cut, cutPages, unread, unreadPages, pagesDone, pagesKnown, stopped, leftOut } = crawl;
  const waiting = pagesKnown - pagesDone;
  return [
    ...(stopped
      ? [
          `It was stopped before its end: ${addresses(waiting)} that ${waiting === 1 ? "was" : "were"} known by then ${waiting === 1 ? "is" : "are"} missing, and whatever they lead to.`,
        ]
      : []),
    ...leftOut.map(({ why, count, first }) => `${sentences[why](count, pagesDone)}${named(first, count)}`),
    ...(unreadPages > 0
      ? [`${addresses(unreadPages)} gave no answer${named(unread.slice(0, 3).map(told), unreadPages)}`]
      : []),
    ...(cutPages > 0
      ? [
          `${pages(cutPages)} ${cutPages === 1 ? "was" : "were"} not read to ${cutPages === 1 ? "its" : "their"} end, so links may be missing${named(cut.slice(0, 3).map(told), cutPages)}`,
        ]
      : []),
    ...(leftOut.some(({ why }) => why === "sitemap")
      ? []
      : ["No sitemap was read, so pages that only a sitemap lists are missing."]),
  ];
};

const sentences = {
  limit: (count, read) =>
    `It ended at its limit of ${pages(read)}: ${count.toLocaleString("en")} more ${count === 1 ? "address was" : "addresses were"} linked, and whatever ${count === 1 ? "it leads" : "they lead"} to is missing too`,
  depth: (count) => `${addresses(count)} ${count === 1 ? "is" : "are"} too many clicks away from the start`,
  robots: (count) => `${addresses(count)} ${count === 1 ? "is" : "are"} closed by robots.txt`,
  "other-host": (count) => `${addresses(count)} on other hosts ${count === 1 ? "was" : "were"} not asked for`,
  "only-named": (count) =>
    `${addresses(count)} that only ${count === 1 ? "a frame or a link element names" : "frames or link elements name"} (iframe, hreflang, next) ${count === 1 ? "was" : "were"} not read`,
  sitemap: (count) =>
    `${count === 1 ? "The sitemap" : `The ${count} sitemaps`} that robots.txt names ${count === 1 ? "was" : "were"} not read, so pages that only ${count === 1 ? "it lists" : "they list"} are missing`,
} satisfies Record<LeftOutReason, (count: number, pagesRead: number) => string>;

const shown = 3;

const named = (all: readonly string[], count: number): string => {
  const some = all.slice(0, shown);
  if (some.length === 0) return ".";
  return `: ${some.join(", ")}${count > some.length ? " and more" : ""}${some.at(-1)?.endsWith(".") && count <= some.length ? "" : "."}`;
};

const told = ({ url, why }: { url: string; why: string }): string => `${url} (${why.replace(/\.$/, "")})`;

const addresses = (count: number): string =>
  count === 1 ? "1 address" : `${count.toLocaleString("en")} addresses`;
const pages = (count: number): string => plural(count, "page");
