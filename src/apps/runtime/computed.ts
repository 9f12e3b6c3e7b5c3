import { quote } from "./database.ts";
import { type Expression, FormulaError, type FunctionName, parseExpression } from "./expression.ts";
import { isNumeric } from "./kinds.ts";
import { own } from "./own.ts";
import { type AppSchema, type Column, digitsOf, type Table } from "./schema.ts";
import { as, common, literal, number, operation, type Typed, text, truth } from "./typed-sql.ts";

/** From where a formula looks at the data. */
interface Place {
  schema: AppSchema;
  table: Table;
  /** By which name SQL knows the row. */
  alias: string;
  /** The computed columns that led here. */
  trail: readonly Column[];
}

const deepest = 8;
/** Above it a database has too much to read for each row; a few columns that name each other often make millions of it. */
const longestFormulaSql = 20_000;

/** The SQL of what a column holds in the row that SQL calls `alias`: what is kept, or what its formula gives. Throws FormulaError. */
export const valueSql = (schema: AppSchema, table: Table, id: string, alias: string): string =>
  columnTyped({ schema, table, alias, trail: [] }, id).sql;

/** The SQL of a formula over the row that SQL calls `alias`. Throws FormulaError where it names what is not there. */
export const expressionSql = (
  schema: AppSchema,
  table: Table,
  formula: string | Expression,
  alias: string,
): string => formulaTyped(schema, table, formula, alias).sql;

/** The SQL of a formula that holds or does not. Throws FormulaError. */
export const conditionSql = (schema: AppSchema, table: Table, formula: string, alias: string): string =>
  truth(formulaTyped(schema, table, formula, alias));

const formulaTyped = (schema: AppSchema, table: Table, formula: string | Expression, alias: string): Typed =>
  typed(
    { schema, table, alias, trail: [] },
    typeof formula === "string" ? parseExpression(formula) : formula,
  );

const columnTyped = (place: Place, id: string): Typed => {
  const { table, alias, trail } = place;
  const column = own(table.columns, id);
  const is =
    column === undefined || !(isNumeric(column.type) || column.type === "boolean")
      ? "text"
      : column.type === "boolean"
        ? "truth"
        : "number";
  if (column?.computed === undefined) return { sql: `${alias}.${quote(id)}`, is };
  if (trail.includes(column))
    throw new FormulaError(`“${column.label}” of “${table.title}” depends on itself.`);
  if (trail.length >= deepest)
    throw new FormulaError(`“${column.label}” is computed from too many other computed columns.`);
  const value = typed({ ...place, trail: [...trail, column] }, parseExpression(column.computed));
  if (value.sql.length > longestFormulaSql)
    throw new FormulaError(`“${column.label}” of “${table.title}” is computed from too many other columns.`);
  if (is === "truth") return { sql: `(${truth(value)})`, is };
  if (is === "text") return { sql: `CAST(${text(value)} AS TEXT)`, is };
  const rounded = `round(${number(value)}, ${column.type === "integer" ? 0 : digitsOf(column)})`;
  return { sql: column.type === "integer" ? `CAST(${rounded} AS BIGINT)` : rounded, is };
};

const typed = (place: Place, expression: Expression): Typed => {
  switch (expression.kind) {
    case "value":
      return literal(expression.value);
    case "name":
      return nameTyped(place, expression.path);
    case "not":
      return { sql: `(NOT ${truth(typed(place, expression.of))})`, is: "truth" };
    case "minus":
      return { sql: `(- ${number(typed(place, expression.of))})`, is: "number" };
    case "operator":
      return operation(expression.operator, typed(place, expression.left), typed(place, expression.right));
    case "call":
      return call(place, expression);
    default:
      return expression satisfies never;
  }
};

/** `price`, or `product.supplier.name`: along references, whose `_id` need not be said. */
const nameTyped = (place: Place, [first = "", ...rest]: readonly string[]): Typed => {
  const { schema, table, alias } = place;
  const id = columnNamed(table, first);
  const column = own(table.columns, id);
  if (column === undefined && !/^(?:id|created_at|updated_at)$/.test(id))
    throw new FormulaError(
      `“${table.title}” has no column “${first}”. It has ${Object.keys(table.columns).join(", ")}.`,
    );
  if (rest.length === 0) return columnTyped(place, id);
  const target = column?.to === undefined ? undefined : own(schema.tables, column.to);
  if (column?.to === undefined || target === undefined)
    throw new FormulaError(`“${first}” of “${table.title}” points to no other table.`);
  const inner = `${alias}x`;
  const { sql, is } = nameTyped({ ...place, table: target, alias: inner }, rest);
  return {
    sql: `(SELECT ${sql} FROM ${quote(column.to)} ${inner} WHERE ${inner}."id" = ${alias}.${quote(id)})`,
    is,
  };
};

/** A column by its name; a reference also without `_id`. */
export const columnNamed = ({ columns }: Table, name: string): string =>
  own(columns, name) === undefined && own(columns, `${name}_id`) !== undefined ? `${name}_id` : name;

/** A column of a table by its name. Throws FormulaError. */
export const needColumn = (table: Table, words: string): string => {
  const id = columnNamed(table, words);
  if (own(table.columns, id) !== undefined) return id;
  throw new FormulaError(
    `“${table.title}” has no column “${words}”. It has ${Object.keys(table.columns).join(", ")}.`,
  );
};

const call = (place: Place, one: Expression & { kind: "call" }): Typed => {
  const { name, of } = one;
  const nothing = literal(null);
  const [first = nothing, second = nothing, third = nothing] = isOverRows(one)
    ? []
    : of.map((value) => typed(place, value));
  switch (name) {
    case "if": {
      const is = common(second, third);
      return { sql: `(CASE WHEN ${truth(first)} THEN ${as[is](second)} ELSE ${as[is](third)} END)`, is };
    }
    case "or_else": {
      const is = common(first, second);
      return { sql: `coalesce(${as[is](first)}, ${as[is](second)})`, is };
    }
    case "round":
      return { sql: `round(${number(first)}, ${of.length === 1 ? "0" : number(second)})`, is: "number" };
    case "days":
      return {
        sql: `CAST(julianday(substr(${text(second)}, 1, 10)) - julianday(substr(${text(first)}, 1, 10)) AS INTEGER)`,
        is: "number",
      };
    case "later":
      return { sql: `date(${text(first)}, ${text(second)} || ' days')`, is: "text" };
    case "today":
      return { sql: "date('now', 'localtime')", is: "text" };
    case "now":
      return { sql: "strftime('%Y-%m-%dT%H:%M:%S', 'now', 'localtime')", is: "text" };
    default:
      return overRows(place, name, one);
  }
};

const isOverRows = ({ name }: { name: FunctionName }): boolean => /^(?:sum|count|avg|min|max)$/.test(name);

/** `sum(sales.quantity, sales.status = 'paid')`: over the rows of another table that point to this one. */
const overRows = (
  place: Place,
  name: FunctionName,
  { of: [what, condition], via }: Expression & { kind: "call" },
): Typed => {
  const { schema, table, alias } = place;
  const [from = "", ...path] = what?.kind === "name" ? what.path : [];
  const child = own(schema.tables, from);
  if (child === undefined)
    throw new FormulaError(`“${name}” is over the rows of a table, and there is no table “${from}”.`);
  if (path.length === 0 && name !== "count")
    throw new FormulaError(`“${name}” needs a column: ${name}(${from}.column).`);
  const pointing = Object.keys(child.columns).filter(
    (id) =>
      (via === null || id === columnNamed(child, via)) &&
      own(schema.tables, child.columns[id]?.to ?? "") === table,
  );
  const [column] = pointing;
  if (column === undefined)
    throw new FormulaError(
      `“${child.title}” does not point to “${table.title}”${via === null ? "" : ` by “${via}”`}.`,
    );
  if (pointing.length > 1)
    throw new FormulaError(
      `“${child.title}” points to “${table.title}” by ${pointing.join(" and ")}: say which one, as in ${name}(${from} via ${column}).`,
    );
  const inner = { ...place, table: child, alias: `${alias}x` };
  const value = path.length === 0 ? { sql: "*", is: "number" as const } : nameTyped(inner, path);
  const where = condition === undefined ? "" : ` AND ${truth(typed(inner, condition))}`;
  const isLeast = name === "min" || name === "max";
  const is = isLeast && value.is === "text" ? "text" : "number";
  const result = `${name}(${name === "count" ? value.sql : as[is](value)})`;
  return {
    sql: `(SELECT ${name === "sum" ? `coalesce(${result}, 0)` : result} FROM ${quote(from)} ${inner.alias} WHERE ${inner.alias}.${quote(column)} = ${alias}."id"${where})`,
    is,
  };
};
