import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type CrawlField, crawlField } from "./fields.ts";

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
  metrics: number;
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
  const fieldOf = (id: string): CrawlField => {
    const found = crawlField(collection, id);
    if (found === null) throw new ApiError(400, "1029", `Field "${id}" does not exist.`);
    return found;
  };
  const { dimensions: names, metrics, filters, sort } = query.query;
  const dimensions = names.map(fieldOf);
  const metricSql = metrics.map((one) => metricExpression(one, collection, fieldOf));
  const params: unknown[] = [analysisId];
  const where =
    filters === undefined || isEmpty(filters) ? "" : ` AND ${filterSql(filters, fieldOf, params)}`;
  const joins = dimensions.some((one) => one.perLink)
    ? " JOIN links l ON l.analysis_id = p.analysis_id AND l.from_url = p.url"
    : "";
  const select = [
    ...dimensions.map((one, index) => `${one.sql} AS d${index}`),
    ...metricSql.map((sql, index) => `${sql} AS m${index}`),
  ];
  if (select.length === 0) throw new ApiError(400, "1020", "A query needs at least one dimension or metric.");
  const group =
    metricSql.length > 0 && dimensions.length > 0
      ? ` GROUP BY ${dimensions.map((_, index) => `d${index}`).join(", ")}`
      : "";
  const order = (sort ?? []).map((one) => sortSql(one, names, metrics.length, fieldOf));
  return {
    sql: `SELECT ${select.join(", ")} FROM pages p${joins} WHERE p.analysis_id = ?${where}${group}${order.length === 0 ? "" : ` ORDER BY ${order.join(", ")}`}`,
    params,
    dimensions,
    metrics: metricSql.length,
  };
};

const isEmpty = (filters: unknown): boolean =>
  typeof filters === "object" && filters !== null && Object.keys(filters).length === 0;

const aggregates: Record<string, string> = {
  sum: "sum",
  avg: "avg",
  min: "min",
  max: "max",
  count: "count",
};

const metricExpression = (
  one: z.infer<typeof metric>,
  collection: string,
  fieldOf: (id: string) => CrawlField,
): string => {
  if ("field" in one) {
    if (one.field === `${collection}.count_urls_crawl` || one.field === "count_urls_crawl") return "count(*)";
    throw new ApiError(400, "1029", `Metric "${String(one.field)}" does not exist.`);
  }
  const { sql } = fieldOf(String(one.args[0] ?? ""));
  if (one.function === "count_distinct" || one.function === "count_distinct_approx")
    return `count(DISTINCT ${sql})`;
  const name = aggregates[one.function];
  if (name === undefined) throw new ApiError(400, "1020", `Unknown function "${one.function}".`);
  return `${name}(${sql})`;
};

const sortSql = (
  key: z.infer<typeof sortKey>,
  names: readonly string[],
  metrics: number,
  fieldOf: (id: string) => CrawlField,
): string => {
  if (typeof key === "number") return `${key + 1}`;
  const order = key.order === "desc" ? "DESC" : "ASC";
  if ("field" in key) {
    const index = names.indexOf(String(key.field));
    return `${index === -1 ? fieldOf(String(key.field)).sql : `d${index}`} ${order}`;
  }
  const { index, type } = key;
  const most = type === "metrics" ? metrics : names.length;
  if (typeof index !== "number" || index < 0 || index >= most)
    throw new ApiError(400, "1020", "The sort index is out of range.");
  return `${type === "metrics" ? "m" : "d"}${index} ${order}`;
};

const condition = z.looseObject({ field: z.string(), predicate: z.string(), value: z.unknown().optional() });
const comparisons: Record<string, string> = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" };

const filterSql = (
  filter: unknown,
  fieldOf: (id: string) => CrawlField,
  params: unknown[],
  level = 0,
): string => {
  if (level > 20 || typeof filter !== "object" || filter === null)
    throw new ApiError(400, "1020", "The filter is no valid filter.");
  const join = (parts: unknown, word: string): string => {
    if (!Array.isArray(parts) || parts.length === 0)
      throw new ApiError(400, "1020", `"${word}" needs a list of filters.`);
    return `(${parts.map((part) => filterSql(part, fieldOf, params, level + 1)).join(` ${word} `)})`;
  };
  if ("and" in filter) return join(filter.and, "AND");
  if ("or" in filter) return join(filter.or, "OR");
  // Three-valued logic would drop rows without a value from both a filter and its opposite.
  if ("not" in filter) return `NOT coalesce(${filterSql(filter.not, fieldOf, params, level + 1)}, 0)`;
  const read = condition.safeParse(filter);
  if (!read.success) throw new ApiError(400, "1020", "A filter needs a field and a predicate.");
  return conditionSql(fieldOf(read.data.field).sql, read.data.predicate, read.data.value, params);
};

const conditionSql = (sql: string, predicate: string, value: unknown, params: unknown[]): string => {
  const bind = (one: unknown): string => {
    if (typeof one !== "string" && typeof one !== "number" && typeof one !== "boolean") {
      throw new ApiError(400, "1020", `The predicate "${predicate}" needs a value.`);
    }
    params.push(typeof one === "boolean" ? Number(one) : one);
    return "?";
  };
  const like = (before: string, text: unknown, after: string): string => {
    if (typeof text !== "string")
      throw new ApiError(400, "1020", `The predicate "${predicate}" needs a text.`);
    params.push(`${before}${text.replace(/[\\%_]/g, "\\$&")}${after}`);
    return `${sql} LIKE ? ESCAPE '\\'`;
  };
  const comparison = comparisons[predicate];
  if (comparison !== undefined) return `${sql} ${comparison} ${bind(value)}`;
  switch (predicate) {
    case "contains":
      return like("%", value, "%");
    case "starts":
      return like("", value, "%");
    case "ends":
      return like("%", value, "");
    case "re":
      return `regexp(${bind(value)}, ${sql})`;
    case "exists":
      return `${sql} IS NOT NULL`;
    case "between": {
      if (!Array.isArray(value) || value.length !== 2)
        throw new ApiError(400, "1020", '"between" needs two values.');
      return `${sql} BETWEEN ${bind(value[0])} AND ${bind(value[1])}`;
    }
    default:
      throw new ApiError(400, "1020", `Unknown predicate "${predicate}".`);
  }
};
