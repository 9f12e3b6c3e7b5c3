import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type CrawlField, crawlField } from "./fields.ts";
import { filterSql } from "./filter-sql.ts";

const metric = z.union([
  z.looseObject({ field: z.string() }),
  z.looseObject({ function: z.string(), args: z.array(z.union([z.string(), z.number()])) }),
]);
const sortKey = z.union([
  z.int(),
  z.looseObject({
    index: z.int(),
    type: z.enum(["metrics", "dimensions"]).optional(),
    order: z.enum(["asc", "desc"]).optional(),
  }),
  z.looseObject({ field: z.string(), order: z.enum(["asc", "desc"]).optional() }),
]);

export const projectQuery = z.looseObject({
  collections: z.array(z.string()).min(1),
  query: z.strictObject({
    dimensions: z.array(z.string()),
    metrics: z.array(metric),
    filters: z.unknown().optional(),
    post_filters: z.unknown().optional(),
    sort: z.array(sortKey).optional(),
  }),
});
export type ProjectQuery = z.infer<typeof projectQuery>;

export interface SqlQuery {
  sql: string;
  params: unknown[];
  dimensions: CrawlField[];
  /** The names of the metrics, which follow the dimensions in each row. */
  metrics: string[];
}

/** Reads a query from outside; throws ApiError 400 as Botify does: `dimensions` and `metrics` are required, `filter` is not known. */
export const readQuery = (body: unknown): ProjectQuery => {
  const read = projectQuery.safeParse(body);
  if (read.success) return read.data;
  throw new ApiError(400, "1020", `Badly formatted request: ${z.prettifyError(read.error)}`);
};

/** The analysis that a query is about: its collection is `crawl.<slug>`. */
export const analysisOf = ({ collections }: ProjectQuery): string => {
  const [collection] = collections;
  if (collection === undefined || !collection.startsWith("crawl.")) {
    throw new ApiError(400, "1020", `Unknown collection "${collection}".`);
  }
  return collection.slice("crawl.".length);
};

/** Turns a query into SQL over pages (p) and links (l). Every value is bound; names come from the data model only. */
export const toSql = (query: ProjectQuery, analysisId: number): SqlQuery => {
  const collection = query.collections[0] ?? "";
  let perLink = false;
  const fieldOf = (id: string): CrawlField => {
    const found = crawlField(collection, id);
    if (found === null) throw new ApiError(400, "1029", `Field "${id}" does not exist.`);
    perLink ||= found.perLink === true;
    return found;
  };
  const isCount = (id: string) => id === `${collection}.count_urls_crawl` || id === "count_urls_crawl";
  const { dimensions: names, metrics, filters, sort } = query.query;
  const dimensions = names.map(fieldOf);
  const metricSql = metrics.map((one) => metricExpression(one, isCount, fieldOf));
  if (names.length + metrics.length > mostColumns)
    throw new ApiError(400, "1043", `A query may have at most ${mostColumns} dimensions and metrics.`);
  const params: unknown[] = [analysisId];
  const where =
    filters === undefined || isEmpty(filters) ? "" : ` AND ${filterSql(filters, fieldOf, params)}`;
  const select = [
    ...dimensions.map((one, index) => `${one.sql} AS d${index}`),
    ...metricSql.map((sql, index) => `${sql} AS m${index}`),
  ];
  if (select.length === 0) throw new ApiError(400, "1020", "A query needs at least one dimension or metric.");
  const group =
    metricSql.length > 0 && dimensions.length > 0
      ? ` GROUP BY ${dimensions.map((_, index) => `d${index}`).join(", ")}`
      : "";
  const order = (sort ?? []).map((one) => sortSql(one, { names, metrics, isCount, fieldOf }));
  // Last, since a filter or a sort key may be about links just as well as a column.
  const joins = perLink ? " JOIN links l ON l.analysis_id = p.analysis_id AND l.from_url = p.url" : "";
  return {
    sql: `SELECT ${select.join(", ")} FROM pages p${joins} WHERE p.analysis_id = ?${where}${group}${order.length === 0 ? "" : ` ORDER BY ${order.join(", ")}`}`,
    params,
    dimensions,
    metrics: metrics.map(metricName),
  };
};

const isEmpty = (filters: unknown): boolean =>
  typeof filters === "object" && filters !== null && Object.keys(filters).length === 0;

/** More than there are fields; SQLite itself refuses some thousand, with an error that is none of the caller's business. */
const mostColumns = 50;

/** "count_urls_crawl", or "sum(crawl.20240301.depth)"; a name that was given wins. */
const metricName = (one: z.infer<typeof metric>): string => {
  if (typeof one.name === "string") return one.name;
  return "field" in one ? String(one.field) : `${one.function}(${one.args.join(", ")})`;
};

const aggregates: Record<string, string> = {
  sum: "sum",
  avg: "avg",
  min: "min",
  max: "max",
  count: "count",
};

const metricExpression = (
  one: z.infer<typeof metric>,
  isCount: (id: string) => boolean,
  fieldOf: (id: string) => CrawlField,
): string => {
  if ("field" in one) {
    if (isCount(String(one.field))) return "count(*)";
    throw new ApiError(400, "1029", `Metric "${String(one.field)}" does not exist.`);
  }
  const { sql } = fieldOf(String(one.args[0] ?? ""));
  switch (one.function) {
    case "count_distinct":
    case "count_distinct_approx":
      return `count(DISTINCT ${sql})`;
    case "count_true":
      return `coalesce(sum(${sql} = 1), 0)`;
    case "count_false":
      return `coalesce(sum(${sql} = 0), 0)`;
    case "count_null":
      return `coalesce(sum(${sql} IS NULL), 0)`;
    default: {
      const name = aggregates[one.function];
      if (name === undefined) throw new ApiError(400, "1020", `Unknown function "${one.function}".`);
      return `${name}(${sql})`;
    }
  }
};

interface Sortable {
  names: readonly string[];
  metrics: readonly z.infer<typeof metric>[];
  isCount(id: string): boolean;
  fieldOf(id: string): CrawlField;
}

const sortSql = (key: z.infer<typeof sortKey>, { names, metrics, isCount, fieldOf }: Sortable): string => {
  if (typeof key === "number") {
    if (key < 0 || key >= names.length + metrics.length)
      throw new ApiError(400, "1020", "The sort index is out of range.");
    return `${key + 1}`;
  }
  const order = key.order === "desc" ? "DESC" : "ASC";
  if ("field" in key) {
    const id = String(key.field);
    const metricAt = metrics.findIndex((one) => "field" in one && one.field === id);
    if (metricAt !== -1) return `m${metricAt} ${order}`;
    if (isCount(id)) throw new ApiError(400, "1020", `Sorting by "${id}" needs it among the metrics.`);
    const index = names.indexOf(id);
    return `${index === -1 ? fieldOf(id).sql : `d${index}`} ${order}`;
  }
  const { index, type } = key;
  const most = type === "metrics" ? metrics.length : names.length;
  if (typeof index !== "number" || index < 0 || index >= most)
    throw new ApiError(400, "1020", "The sort index is out of range.");
  return `${type === "metrics" ? "m" : "d"}${index} ${order}`;
};
