/** A field of a crawl: its name in Botify, and the SQL that gives it. */
export interface CrawlField {
  id: string;
  name: string;
  type: "string" | "integer" | "boolean" | "datetime";
  group: string;
  multiple: boolean;
  sql: string;
  /** One row per link instead of one per URL. */
  perLink?: boolean;
}

const field = (
  id: string,
  name: string,
  type: CrawlField["type"],
  group: string,
  sql: string,
  more: Partial<CrawlField> = {},
): CrawlField => ({ id, name, type, group, multiple: false, sql, ...more });

/** The data model, with Botify's own ids. */
export const crawlFields: readonly CrawlField[] = [
  field("url", "URL", "string", "Main", "p.url"),
  field("depth", "Depth", "integer", "Main", "p.depth"),
  field("http_code", "HTTP status code", "integer", "Main", "p.http_code"),
  field("content_type", "Content type", "string", "Main", "p.content_type"),
  field("date_crawled", "Date crawled", "datetime", "Main", "p.crawled_at"),
  field("byte_size", "Size in bytes, unpacked", "integer", "Performance", "p.byte_size"),
  field("wire_size", "Size in bytes, as it came", "integer", "Performance", "p.wire_bytes"),
  field("load_time", "Load time in ms", "integer", "Performance", "p.load_time"),
  field("cut", "Why it was not read to its end", "string", "Main", "p.cut"),
  field("redirect.to.url", "Redirects to", "string", "Redirects", "p.redirect_to"),
  field("metadata.title.content", "Title", "string", "HTML tags", "p.title"),
  field("metadata.title.len", "Title length", "integer", "HTML tags", "length(p.title)"),
  field("metadata.description.content", "Meta description", "string", "HTML tags", "p.description"),
  field(
    "metadata.description.len",
    "Meta description length",
    "integer",
    "HTML tags",
    "length(p.description)",
  ),
  field("metadata.h1.contents", "H1", "string", "HTML tags", "p.h1", { multiple: true }),
  field("metadata.robots.noindex", "Noindex", "boolean", "Indexability", "p.noindex"),
  field("metadata.robots.nofollow", "Nofollow", "boolean", "Indexability", "p.nofollow"),
  field("hreflang.alternates", "Versions in other languages", "string", "HTML tags", "p.hreflang", {
    multiple: true,
  }),
  field("canonical.to.url", "Canonical", "string", "Indexability", "p.canonical"),
  field("canonical.to.equal", "Canonical is the URL itself", "boolean", "Indexability", "p.canonical_equal"),
  field("compliant.is_compliant", "Compliant", "boolean", "Indexability", "p.compliant"),
  field("compliant.main_reason", "Main reason of non-compliance", "string", "Indexability", "p.main_reason"),
  field(
    "inlinks_internal.nb.unique",
    "Internal inlinks, redirects among them",
    "integer",
    "Links",
    "p.inlinks",
  ),
  // One for each row of the link graph, as the links of an export are counted by it.
  field(
    "outlinks_internal.nb.total",
    "Internal outlinks, each address once",
    "integer",
    "Links",
    "p.outlinks",
  ),
  field(
    "outlinks_internal.nb.written",
    "Internal outlinks, as often as written",
    "integer",
    "Links",
    "p.outlinks_total",
  ),
  field(
    "outlinks_internal.nb.nofollow",
    "Internal outlinks that are nofollow",
    "integer",
    "Links",
    "(SELECT count(*) FROM links n WHERE n.analysis_id = p.analysis_id AND n.from_url = p.url AND n.nofollow = 1)",
  ),
  field("outlinks_internal.graph.url", "Internal link to", "string", "Links", "l.to_url", { perLink: true }),
  field("outlinks_internal.graph.nofollow", "Internal link is nofollow", "boolean", "Links", "l.nofollow", {
    perLink: true,
  }),
];

const byId = new Map(crawlFields.map((one) => [one.id, one]));

/** The field of an id with or without its collection, or null. */
export const crawlField = (collection: string, id: string): CrawlField | null => {
  const prefix = `${collection}.`;
  return byId.get(id.startsWith(prefix) ? id.slice(prefix.length) : id) ?? null;
};
