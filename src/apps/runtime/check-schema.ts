import { valueSql } from "./computed.ts";
import { FormulaError } from "./expression.ts";
import { isNumeric, isText } from "./kinds.ts";
import { own } from "./own.ts";
import { checkRule } from "./rules.ts";
import { type AppSchema, appSchema, type Column, entered, ownColumns, type Table } from "./schema.ts";

/** What stands for something else in the addresses of an app, or in its database. */
export const isTakenTable = (name: string): boolean => /^(?:api$|assets$|sqlite_)/.test(name);

/** Parameters of the lists. */
const parameters = ["rowid", "oid", "q", "sort", "order", "limit", "offset"];
export const isTakenColumn = (id: string): boolean => [...ownColumns, ...parameters].includes(id);
/** What parameters end in when they compare. */
export const comparison = /_(?:gt|gte|lt|lte|ne)$/;

/** What is wrong with the plan of an app, as a whole sentence for a person. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/**
 * Checks a whole app: its shape, and that everything it names exists and fits. Gives it back typed, with defaults filled in; throws
 * SchemaError. Tables may refer to each other in circles, and to themselves.
 */
export const checkSchema = (value: unknown): AppSchema => {
  const read = appSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join(" → ") ?? "";
    throw new SchemaError(`The plan is not complete${where === "" ? "" : ` at ${where}`}: ${issue?.message}`);
  }
  const schema = read.data;
  if (Object.keys(schema.tables).length === 0) throw new SchemaError("An app needs at least one table.");
  for (const [name, table] of Object.entries(schema.tables)) checkTable(schema, name, table);
  try {
    for (const [name, table] of Object.entries(schema.tables)) checkFormulas(schema, name, table);
  } catch (error) {
    if (error instanceof FormulaError) throw new SchemaError(error.message);
    throw error;
  }
  return schema;
};

const checkTable = (schema: AppSchema, name: string, table: Table): void => {
  const refuse = (sentence: string): never => {
    throw new SchemaError(sentence);
  };
  if (isTakenTable(name)) refuse(`A table cannot be called “${name}”: the name is used by the app itself.`);
  if (Object.keys(table.columns).length === 0)
    refuse(`The table “${table.title}” needs at least one column.`);
  for (const [id, column] of Object.entries(table.columns)) {
    if (isTakenColumn(id))
      refuse(`A column of “${table.title}” cannot be called “${id}”: the name is used by the app itself.`);
    if (comparison.test(id))
      refuse(
        `The column “${id}” of “${table.title}” cannot end like a comparison (_gt, _lt, _gte, _lte, _ne).`,
      );
    const problem = columnProblem(schema, column);
    if (problem !== null) refuse(`The column “${column.label}” of “${table.title}” ${problem}`);
  }
  const columnOf = (id: string, purpose: string): Column =>
    own(table.columns, id) ??
    refuse(`${purpose} of “${table.title}” names a column “${id}” that is not there.`);
  columnOf(table.name, "The name");
  for (const id of table.search) {
    const { type } = columnOf(id, "The search");
    if (!isText(type)) refuse(`The search of “${table.title}” cannot look into “${id}”: it holds no text.`);
  }
  for (const id of table.filters) {
    const column = columnOf(id, "A filter");
    if (column.options === undefined && column.type !== "boolean" && column.type !== "reference")
      refuse(`“${table.title}” cannot be filtered by “${id}”: it has no options to choose from.`);
  }
  if (table.board !== null && columnOf(table.board, "The board").options === undefined)
    refuse(`The board of “${table.title}” needs options for “${table.board}”: they are its lanes.`);
  if (table.alert !== null)
    for (const id of [table.alert.column, table.alert.limit]) {
      const { type } = columnOf(id, "The alert");
      if (!isNumeric(type)) refuse(`The alert of “${table.title}” compares numbers, but “${id}” is none.`);
    }
  for (const id of table.totals ?? [])
    if (!isNumeric(columnOf(id, "A total").type))
      refuse(`“${id}” of “${table.title}” cannot be added up: it holds no numbers.`);
};

const checkFormulas = (schema: AppSchema, name: string, table: Table): void => {
  for (const [id, { computed }] of Object.entries(table.columns))
    if (computed !== undefined) valueSql(schema, table, id, "t");
  if (entered(table).length === 0)
    throw new SchemaError(`The table “${table.title}” needs a column that is entered.`);
  for (const rule of table.rules ?? []) checkRule(schema, name, table, rule);
};

const columnProblem = (schema: AppSchema, column: Column): string | null => {
  if (
    column.computed !== undefined &&
    (column.required ||
      column.unique ||
      [column.options, column.initial, column.to].some((one) => one !== undefined))
  )
    return "is computed, so it cannot be needed, unique, begin with a value, have choices or point to a table.";
  if (column.options !== undefined && column.type !== "text") return "has options, but is not a text.";
  if (column.options !== undefined && new Set(column.options).size < column.options.length)
    return "has the same option twice.";
  if (
    column.options !== undefined &&
    column.initial !== undefined &&
    !column.options.includes(column.initial)
  )
    return `begins as “${column.initial}”, which is none of its options.`;
  if (column.digits !== undefined && column.type !== "decimal")
    return "has a number of digits, but is no number with decimals.";
  if (column.currency !== undefined && column.type !== "money") return "has a currency, but is no money.";
  if (column.currency !== undefined && !Intl.supportedValuesOf("currency").includes(column.currency))
    return `is in “${column.currency}”, which is no currency. Write it as EUR or USD.`;
  if (column.type !== "reference")
    return column.to === undefined ? null : "points to another table, but is not a reference.";
  if (column.to === undefined) return "does not say which table it points to.";
  if (own(schema.tables, column.to) === undefined)
    return `points to a table “${column.to}” that is not there.`;
  return column.initial === undefined ? null : "cannot begin with a value: it points to another table.";
};
