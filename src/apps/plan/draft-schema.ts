import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import { folded } from "#apps/runtime/database.ts";
import { FormulaError, parseExpression } from "#apps/runtime/expression.ts";
import { columnTypes } from "#apps/runtime/kinds.ts";
import type { AppSchema, Column, Table } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { AppError } from "#core/errors.ts";
import { choicesFor } from "./finish-table.ts";
import { inferColumn } from "./infer-column.ts";
import { columnNameOf, isState, labelOf, unused } from "./names.ts";
import type { ColumnDraft, PlanDraft, TableDraft } from "./plan-draft.ts";
import { singular } from "./plural.ts";
import { currencyNamed } from "./type-words.ts";

/**
 * The schema of a draft, checked; `base` has what the form does not show. What follows from the
 * columns (search, filters, boards, alerts) is taken anew. Throws AppError("bad-answer") with the field at fault.
 */
export const schemaOf = (draft: PlanDraft, base: AppSchema): AppSchema => {
  if (draft.title.length > 80) throw wrong("title", "Choose a title of at most 80 characters.");
  const tables = draft.tables.map((table, t): [string, AppSchema["tables"][string]] => {
    if (table.key === "")
      throw wrong(`t${t}.title`, "Give this table a title of letters and digits, or remove the table.");
    if (table.title.length > 60) throw wrong(`t${t}.title`, "Choose a title of at most 60 characters.");
    const before = base.tables[table.key];
    const columns = columnsOf(table, t, before?.columns ?? {});
    const title = table.title || labelOf(table.key);
    return [
      table.key,
      {
        title,
        singular: before?.title === title ? before.singular : labelOf(singular(title.toLowerCase())),
        columns,
        ...choicesFor(columns),
        ...rulesOf(table, t),
      },
    ];
  });
  const twice = tables.findIndex(([key], at) => tables.findIndex(([other]) => other === key) < at);
  if (twice !== -1) throw wrong(`t${twice}.title`, "Two tables cannot have the same name.");
  try {
    return checkSchema({
      app: base.app,
      title: draft.title || base.title,
      tables: Object.fromEntries(tables),
    });
  } catch (error) {
    if (error instanceof SchemaError) throw new AppError("bad-answer", error.message, { cause: error });
    throw error;
  }
};

const columnsOf = (
  table: TableDraft,
  t: number,
  before: Readonly<Record<string, Column>>,
): Record<string, Column> => {
  const columns = new Map<string, Column>();
  for (const [c, draft] of table.columns.entries()) {
    const field = `t${t}.c${c}`;
    const wanted = columnNameOf(draft.label) ?? "";
    const label = columns.get(wanted)?.label;
    const isSame = label === undefined || folded(label) === folded(draft.label);
    // Words of other scripts may be written alike in Latin letters.
    const key = draft.key || (isSame ? wanted : unused(wanted, columns));
    if (key === "")
      throw wrong(`${field}.label`, "Give this column a label of letters and digits, or remove the column.");
    if (columns.has(key)) throw wrong(`${field}.label`, `“${table.title}” has the column “${key}” twice.`);
    columns.set(key, columnOf(draft, key, field, before[key]));
  }
  return Object.fromEntries(columns);
};

const columnOf = (draft: ColumnDraft, key: string, field: string, before: Column | undefined): Column => {
  const options = [...new Set(draft.options.split(",").map((one) => one.trim()))].filter((one) => one !== "");
  const [kind, to] = draft.type.split(":");
  const type = columnTypes.find((one) => one === kind);
  if (type === undefined || (type === "reference" && (to ?? "") === ""))
    throw wrong(`${field}.type`, "Choose what this column holds.");
  if (options.length > 0 && type !== "text")
    throw wrong(`${field}.options`, "Only a text can have values to choose from.");
  const tooLong = options.find((one) => one.length > 60);
  if (tooLong !== undefined || options.length > 40)
    throw wrong(`${field}.options`, "Give at most 40 values of at most 60 characters each.");
  const begins =
    draft.initial === "" && options.length > 0 && isState(key) ? (options[0] ?? "") : draft.initial;
  const unit = unitIn(draft.unit, type, field);
  if (draft.computed !== "") assertFormula(draft.computed, `${field}.computed`);
  const column: Column = {
    type,
    ...unit,
    label: (draft.label || inferColumn(key).label).slice(0, 60),
    required: draft.required,
    unique: draft.unique,
    ...(options.length > 0 ? { options } : {}),
    ...(type === "reference" && to !== undefined ? { to } : {}),
    ...(draft.computed === "" ? {} : { computed: draft.computed }),
  };
  if (begins === "") return column;
  // What no longer fits, after another type or other choices, was not chosen for this.
  if (begins === before?.initial && !mayBegin(column, begins)) return column;
  if (!mayBegin(column, begins))
    throw wrong(
      `${field}.initial`,
      `New rows cannot begin with “${begins.slice(0, 60)}” in “${column.label}”.`,
    );
  return { ...column, initial: begins };
};

/** Types that have neither take no notice of what was typed for another one. */
const unitIn = (text: string, type: Column["type"], field: string): Pick<Column, "digits" | "currency"> => {
  if (text === "" || (type !== "money" && type !== "decimal")) return {};
  if (type === "decimal") {
    if (/^[0-8]$/.test(text)) return { digits: Number(text) };
    throw wrong(
      `${field}.unit`,
      "Give the number of digits after the point, from 0 to 8, or choose “Money”.",
    );
  }
  const currency = currencyNamed(text);
  if (currency === undefined)
    throw wrong(`${field}.unit`, `“${text.slice(0, 20)}” is no currency. Write it as EUR or USD.`);
  return { currency };
};

/** Rules that were left empty are none. */
const rulesOf = ({ rules }: TableDraft, t: number): Pick<Table, "rules"> => {
  const kept = rules.filter(({ rule }) => rule !== "");
  const tooLong = kept.findIndex(({ rule, says }) => rule.length > 500 || says.length > 200);
  if (tooLong !== -1)
    throw wrong(`t${t}.r${tooLong}.rule`, "A rule has at most 500 characters, what it says 200.");
  return kept.length === 0
    ? {}
    : { rules: kept.map(({ rule, says }) => ({ rule, ...(says === "" ? {} : { says }) })) };
};

const assertFormula = (text: string, field: string): void => {
  if (text.length > 500) throw wrong(field, "A formula has at most 500 characters.");
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof FormulaError) throw wrong(field, error.message);
    throw error;
  }
};

/** “now” and “today” are the moment in which a row is made. */
const mayBegin = (column: Column, text: string): boolean =>
  column.type !== "reference" &&
  (((column.type === "date" || column.type === "timestamp") && (text === "now" || text === "today")) ||
    "value" in readValue(column, text));

const wrong = (field: string, sentence: string) => new AppError("bad-answer", sentence, { field });
