import type { Filter } from "./filter.ts";

/** The body of `POST /projects/{org}/{project}/query` and the query of an export job (BQL version 2). */
export interface Query {
  collections: string[];
  query: {
    /** `dimensions` and `metrics` are required even when empty; the key is `filters`, and `filter` is refused. */
    dimensions: string[];
    metrics: Metric[];
    filters?: Filter;
    sort?: { field: string; order: "asc" | "desc" }[];
  };
}

export type Metric = { field: string } | { function: "count" | "sum"; args: string[] };

export interface JobRequest {
  job_type: "export";
  payload: {
    username: string;
    project: string;
    connector: "direct_download";
    formatter: "csv";
    formatter_config: { print_header: true; print_delimiter: false; header_format: "slug" };
    export_size: number;
    /** Shown in Botify's own list of jobs. */
    export_job_name?: string;
    query: Query;
  };
}

/** Fields and filters name their fields without the collection: "depth". */
export interface ExportChoice {
  analysis: string;
  /** The columns, in their order; "url" comes first whether named or not. */
  fields: readonly string[];
  filter: Filter | null;
  /** Only URLs at most this many clicks from the start; null also takes those that no click leads to. */
  maxDepth: number | null;
}

/** Rows that one direct download holds, unless the plan says otherwise (developers.botify.com/docs/backends-and-connectors). */
export const largestExportRows = 1_000_000;

/** One row per link instead of one per URL. */
const linkTarget = "outlinks_internal.graph.url";
const linksOfUrl = "outlinks_internal.nb.total";

export const crawlCollection = (analysis: string): string => `crawl.${analysis}`;

/** "depth" as "crawl.20240301.depth". */
const fieldId = (analysis: string, field: string): string => {
  const prefix = `${crawlCollection(analysis)}.`;
  return field.startsWith(prefix) ? field : `${prefix}${field}`;
};

const withDepthLimit = (filter: Filter | null, maxDepth: number | null): Filter | null => {
  if (maxDepth === null) return filter;
  const limit: Filter = { field: "depth", predicate: "lte", value: maxDepth };
  return filter === null ? limit : { and: [limit, filter] };
};

/** The rows to export, sorted by URL so that the same query gives the same file. */
export const exportQuery = ({ analysis, fields, filter, maxDepth }: ExportChoice): Query => ({
  collections: [crawlCollection(analysis)],
  query: {
    dimensions: [...new Set(["url", ...fields])].map((field) => fieldId(analysis, field)),
    metrics: [],
    ...filtersOf(analysis, withDepthLimit(filter, maxDepth)),
    sort: [{ field: fieldId(analysis, "url"), order: "asc" }],
  },
});

/** How many rows `exportQuery` of the same choice will give: one number in one row. See `countsExactly`. */
export const countQuery = ({ analysis, fields, filter, maxDepth }: ExportChoice): Query => ({
  collections: [crawlCollection(analysis)],
  query: {
    dimensions: [],
    metrics: [
      fields.includes(linkTarget)
        ? { function: "sum", args: [fieldId(analysis, linksOfUrl)] }
        : { function: "count", args: [fieldId(analysis, "url")] },
    ],
    ...filtersOf(analysis, withDepthLimit(filter, maxDepth)),
  },
});

/** False for the link graph: Botify can only sum each page's number of links, which may differ a little from the rows. */
export const countsExactly = (fields: readonly string[]): boolean => !fields.includes(linkTarget);

/** Of the URLs of this choice, those that give no row, because they link to nothing; null where each URL gives one. */
export const rowlessQuery = (choice: ExportChoice): Query | null => {
  if (!choice.fields.includes(linkTarget)) return null;
  const none: Filter = { field: linksOfUrl, predicate: "eq", value: 0 };
  const filter = choice.filter === null ? none : { and: [none, choice.filter] };
  return countQuery({ ...choice, fields: [], filter });
};

/** Export credits that the rows will cost: one per row, a tenth for links (developers.botify.com/docs/limits). */
export const creditsFor = (rows: number, fields: readonly string[]): number =>
  fields.includes(linkTarget) ? Math.ceil(rows) / 10 : rows;

/** How many URLs there are at each click depth. */
export const depthQuery = (analysis: string): Query => ({
  collections: [crawlCollection(analysis)],
  query: {
    dimensions: [fieldId(analysis, "depth")],
    metrics: [{ field: fieldId(analysis, "count_urls_crawl") }],
    sort: [{ field: fieldId(analysis, "depth"), order: "asc" }],
  },
});

/** Asks for a plain CSV without a "sep=" line; what really comes may differ and is handled when unpacking. */
export const exportJob = (
  org: string,
  project: string,
  query: Query,
  exportRows = largestExportRows,
): JobRequest => ({
  job_type: "export",
  payload: {
    username: org,
    project,
    connector: "direct_download",
    formatter: "csv",
    formatter_config: { print_header: true, print_delimiter: false, header_format: "slug" },
    export_size: exportRows,
    query,
  },
});

const filtersOf = (analysis: string, filter: Filter | null): { filters?: Filter } =>
  filter === null ? {} : { filters: qualify(analysis, filter) };

const qualify = (analysis: string, filter: Filter): Filter => {
  if ("and" in filter) return { and: filter.and.map((part) => qualify(analysis, part)) };
  if ("or" in filter) return { or: filter.or.map((part) => qualify(analysis, part)) };
  if ("not" in filter) return { not: qualify(analysis, filter.not) };
  return { ...filter, field: fieldId(analysis, filter.field) };
};
