import { z } from "zod";
import { columnTypes } from "./kinds.ts";

/** Columns that every table has without being told: a UUID and two instants (ISO 8601, UTC). */
export const ownColumns = ["id", "created_at", "updated_at"] as const;

/** SQL identifiers and parts of addresses; nothing else ever names a table or a column. */
export const identifier = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,47}$/,
    "Use lower case letters, digits and underscores, beginning with a letter.",
  );

const column = z.object({
  type: z.enum(columnTypes),
  label: z.string().min(1).max(60),
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  /** The only values that it takes; a select on the form, a filter on the list. Text columns only. */
  options: z.array(z.string().min(1).max(60)).min(1).max(40).optional(),
  /** How many digits a decimal has after the point; usually 2. */
  digits: z.number().int().min(0).max(8).optional(),
  /** What money is counted in (ISO 4217): "EUR". Left out: it is not said. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** Filled in for new rows. */
  initial: z.string().max(200).optional(),
  /** The table that a `reference` points to. */
  to: identifier.optional(),
  /** A formula (`expression.ts`): what it holds follows from other columns and rows, and is never entered. */
  computed: z.string().min(1).max(500).optional(),
});
export type Column = z.infer<typeof column>;

const rule = z.object({
  /** What has to hold for every row; see `rules.ts`. */
  rule: z.string().min(1).max(500),
  /** What people are told whose change would break it. */
  says: z.string().max(200).optional(),
});
export type Rule = z.infer<typeof rule>;

const table = z.object({
  /** "Customers" */
  title: z.string().min(1).max(60),
  /** "Customer" */
  singular: z.string().min(1).max(60),
  /** In the order in which they are shown. `id`, `created_at` and `updated_at` are always there and not listed. */
  columns: z.record(identifier, column),
  /** The column that names a row to people, in lists and in pickers of other tables. */
  name: identifier,
  /** Columns that the search box looks into. */
  search: z.array(identifier).max(10),
  /** Columns with a filter: those with `options`, booleans and references. */
  filters: z.array(identifier).max(6),
  /** The column with `options` whose values are the lanes of a board. */
  board: identifier.nullable(),
  /** A row counts as low when `column` is at or below `limit`, another column: "stock" and "min_stock". */
  alert: z.object({ column: identifier, limit: identifier }).nullable(),
  /** Columns of numbers that are added up at the foot of lists. */
  totals: z.array(identifier).max(10).optional(),
  rules: z.array(rule).max(20).optional(),
});
export type Table = z.infer<typeof table>;

/** A whole generated app, as it is planned, shown, kept in `schema.json` and served. Checked further by `checkSchema`. */
export const appSchema = z.object({
  /** Part of its address: `/apps/<slug>/`. */
  app: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/),
  title: z.string().min(1).max(80),
  tables: z.record(identifier, table),
  /** Of one that is being made and has no pages yet. */
  pages: z.literal(false).optional(),
});
export type AppSchema = z.infer<typeof appSchema>;

/** The columns whose values are entered and kept, those that are computed aside. */
export const entered = ({ columns }: Pick<Table, "columns">): [string, Column][] =>
  Object.entries(columns).filter(([, { computed }]) => computed === undefined);

/** How many digits a number has after the point. A percentage is the number before its sign: 19 for 19 %. */
export const digitsOf = ({
  type,
  digits = 2,
  currency,
}: Pick<Column, "type" | "digits" | "currency">): number => {
  if (type === "integer") return 0;
  if (type === "decimal") return digits;
  if (type !== "money" || currency === undefined) return 2;
  return (
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
};
