import { quote } from "./database.ts";
import {
  type Expression,
  FormulaError,
  type FunctionName,
  type Operator,
  parseExpression,
} from "./expression.ts";
import { own } from "./own.ts";
import { type AppSchema, type Column, digitsOf, type Table } from "./schema.ts";

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
/** Above it SQLite has too much to read for each row; a few columns that name each other often make millions of it. */
const longestFormulaSql = 20_000;

/** The SQL of what a column holds in the row that SQL calls `alias`: what is kept, or what its formula gives. Throws FormulaError. */
export const valueSql = (schema: AppSchema, table: Table, id: string, alias: string): string =>
  columnSql({ schema, table, alias, trail: [] }, id);

/** The SQL of a formula over the row that SQL calls `alias`. Throws FormulaError where it names what is not there. */
export const expressionSql = (
  schema: AppSchema,
  table: Table,
  formula: string | Expression,
  alias: string,
): string =>
  sqlOf(
    { schema, table, alias, trail: [] },
    typeof formula === "string" ? parseExpression(formula) : formula,
  );

const columnSql = (place: Place, id: string): string => {
  const { table, alias, trail } = place;
  const column = own(table.columns, id);
  if (column?.computed === undefined) return `${alias}.${quote(id)}`;
  if (trail.includes(column))
    throw new FormulaError(`“${column.label}” of “${table.title}” depends on itself.`);
  if (trail.length >= deepest)
    throw new FormulaError(`“${column.label}” is computed from too many other computed columns.`);
  const sql = sqlOf({ ...place, trail: [...trail, column] }, parseExpression(column.computed));
  if (sql.length > longestFormulaSql)
    throw new FormulaError(`“${column.label}” of “${table.title}” is computed from too many other columns.`);
  switch (column.type) {
    case "integer":
      return `CAST(round(${sql}) AS INTEGER)`;
    case "decimal":
    case "money":
    case "percent":
      return `round(${sql}, ${digitsOf(column)})`;
    case "boolean":
      return `((${sql}) <> 0)`;
    default:
      return `CAST(${sql} AS TEXT)`;
  }
};

const sqlOf = (place: Place, expression: Expression): string => {
  switch (expression.kind) {
    case "value":
      return literal(expression.value);
    case "name":
      return nameSql(place, expression.path);
    case "not":
      return `(NOT ${sqlOf(place, expression.of)})`;
    case "minus":
      return `(- ${sqlOf(place, expression.of)})`;
    case "operator":
      return `(${operators[expression.operator](sqlOf(place, expression.left), sqlOf(place, expression.right))})`;
    case "call":
      return callSql(place, expression);
    default:
      return expression satisfies never;
  }
};

const literal = (value: string | number | null): string =>
  value === null ? "NULL" : typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;

const operators: Readonly<Record<Operator, (left: string, right: string) => string>> = {
  "+": (left, right) => `${left} + ${right}`,
  "-": (left, right) => `${left} - ${right}`,
  "*": (left, right) => `${left} * ${right}`,
  // A half stays a half, and what is divided by nothing is nothing.
  "/": (left, right) => `${left} * 1.0 / nullif(${right}, 0)`,
  "&": (left, right) => `coalesce(${left}, '') || coalesce(${right}, '')`,
  "=": (left, right) => `${left} IS ${right}`,
  "!=": (left, right) => `${left} IS NOT ${right}`,
  ...{
    "<": (left: string, right: string) => `${left} < ${right}`,
    "<=": (left: string, right: string) => `${left} <= ${right}`,
    ">": (left: string, right: string) => `${left} > ${right}`,
    ">=": (left: string, right: string) => `${left} >= ${right}`,
    and: (left: string, right: string) => `${left} AND ${right}`,
    or: (left: string, right: string) => `${left} OR ${right}`,
  },
};

/** `price`, or `product.supplier.name`: along references, whose `_id` need not be said. */
const nameSql = (place: Place, [first = "", ...rest]: readonly string[]): string => {
  const { schema, table, alias } = place;
  const id = columnNamed(table, first);
  const column = own(table.columns, id);
  if (column === undefined && !/^(?:id|created_at|updated_at)$/.test(id))
    throw new FormulaError(
      `“${table.title}” has no column “${first}”. It has ${Object.keys(table.columns).join(", ")}.`,
    );
  if (rest.length === 0) return columnSql(place, id);
  const target = column?.to === undefined ? undefined : own(schema.tables, column.to);
  if (column?.to === undefined || target === undefined)
    throw new FormulaError(`“${first}” of “${table.title}” points to no other table.`);
  const inner = `${alias}x`;
  const there = nameSql({ ...place, table: target, alias: inner }, rest);
  return `(SELECT ${there} FROM ${quote(column.to)} ${inner} WHERE ${inner}."id" = ${alias}.${quote(id)})`;
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

const callSql = (place: Place, call: Expression & { kind: "call" }): string => {
  const { name, of } = call;
  const [first = "NULL", second, third] = isOverRows(call) ? [] : of.map((one) => sqlOf(place, one));
  switch (name) {
    case "if":
      return `(CASE WHEN ${first} THEN ${second} ELSE ${third} END)`;
    case "or_else":
      return `coalesce(${first}, ${second})`;
    case "round":
      return `round(${first}, ${second ?? "0"})`;
    case "days":
      return `CAST(julianday(substr(${second}, 1, 10)) - julianday(substr(${first}, 1, 10)) AS INTEGER)`;
    case "later":
      return `date(${first}, (${second}) || ' days')`;
    case "today":
      return "date('now', 'localtime')";
    case "now":
      return "strftime('%Y-%m-%dT%H:%M:%S', 'now', 'localtime')";
    default:
      return overRows(place, name, call);
  }
};

const isOverRows = ({ name }: { name: FunctionName }): boolean => /^(?:sum|count|avg|min|max)$/.test(name);

/** `sum(sales.quantity, sales.status = 'paid')`: over the rows of another table that point to this one. */
const overRows = (
  place: Place,
  name: FunctionName,
  { of: [what, condition], via }: Expression & { kind: "call" },
): string => {
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
  const values = path.length === 0 ? "*" : nameSql(inner, path);
  const where = condition === undefined ? "" : ` AND ${sqlOf(inner, condition)}`;
  const result = `${name}(${values})`;
  return `(SELECT ${name === "sum" ? `coalesce(${result}, 0)` : result} FROM ${quote(from)} ${inner.alias} WHERE ${inner.alias}.${quote(column)} = ${alias}."id"${where})`;
};
