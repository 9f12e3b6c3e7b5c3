import type { Filter } from "./filter.ts";

/** A ready choice of columns and filter for a common question. */
export interface Template {
  id: string;
  title: string;
  about: string;
  /** The columns besides "url". */
  fields: readonly string[];
  filter: Filter | null;
}

export const templates: readonly Template[] = [
  {
    id: "titles",
    title: "Titles and descriptions",
    about: "Title, meta description and H1 of every page.",
    fields: ["metadata.title.content", "metadata.description.content", "metadata.h1.contents"],
    filter: null,
  },
  {
    id: "crawl-basic",
    title: "Basic crawl",
    about: "Title, page type, compliance, canonical and sitemap of every page that answers 200.",
    fields: [
      "http_code",
      "metadata.title.content",
      "segments.pagetype.value",
      "compliant.is_compliant",
      "canonical.to.equal",
      "sitemaps.present",
    ],
    filter: { field: "http_code", predicate: "eq", value: 200 },
  },
  {
    id: "not-compliant",
    title: "Non-compliant pages",
    about: "The pages that search engines should not index, and why.",
    fields: ["compliant.main_reason", "compliant.detailed_reason"],
    filter: { field: "compliant.is_compliant", predicate: "eq", value: false },
  },
  {
    id: "link-graph",
    title: "Link graph",
    about: "Every internal link as a row of two URLs: from and to.",
    fields: ["outlinks_internal.graph.url"],
    filter: null,
  },
];
