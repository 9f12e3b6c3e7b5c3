import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { CrawlField } from "./fields.ts";

const condition = z.looseObject({ field: z.string(), predicate: z.string(), value: z.unknown().optional() });
const comparisons: Record<string, string> = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" };

/** SQLite's own limit is an expression 1,000 levels deep, and each condition of a list is a level. */
const mostParams = 500;

/**
 * Turns Botify's filter tree into an SQL condition (developers.botify.com/docs/filters and /predicates); its values are appended to `params`.
 * Throws ApiError 400 for what is no filter.
 */
export const filterSql = (
  filter: unknown,
  fieldOf: (id: string) => CrawlField,
  params: unknown[],
  level = 0,
): string => {
  if (params.length > mostParams) throw new ApiError(400, "1043", "The query is too big.");
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
  const { field, predicate, value } = read.data;
  const { sql, multiple } = fieldOf(field);
  if (!multiple || predicate === "exists") return conditionSql(sql, predicate, value, params);
  // A field of many values fits when one of them does.
  return `EXISTS (SELECT 1 FROM json_each(${sql}) AS one WHERE ${conditionSql("one.value", predicate, value, params)})`;
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
      return `regexp(${bind(pattern(value))}, ${sql})`;
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

const pattern = (text: unknown): string => {
  try {
    if (typeof text === "string" && text.length <= 500) return new RegExp(text, "u").source;
  } catch {
    // Told below.
  }
  throw new ApiError(400, "1020", '"re" needs a pattern of at most 500 characters.');
};
