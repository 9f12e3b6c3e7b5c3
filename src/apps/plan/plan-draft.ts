import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import { type AppSchema, type Column, columnTypes } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { AppError } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import { choicesFor } from "./finish-table.ts";
import { inferColumn } from "./infer-column.ts";
import { columnNameOf, labelOf, tableNameOf } from "./names.ts";
import { singular } from "./plural.ts";

/** A plan as a form shows it: texts that a person is in the middle of changing, not yet a schema. */
export interface PlanDraft {
  title: string;
  tables: readonly TableDraft[];
}

export interface TableDraft {
  /** Its name in SQL; "" for one that was just added. */
  key: string;
  title: string;
  columns: readonly ColumnDraft[];
}

export interface ColumnDraft {
  key: string;
  label: string;
  /** A column type, or `reference:<table>`. */
  type: string;
  required: boolean;
  unique: boolean;
  /** Separated by commas. */
  options: string;
  /** What new rows begin with; empty: nothing. */
  initial: string;
}

/** A person fills in no more than this; it also bounds what a forged form can ask for. */
const mostTables = 30;
const mostColumns = 60;
const emptyColumn: ColumnDraft = {
  key: "",
  label: "",
  type: "text",
  required: false,
  unique: false,
  options: "",
  initial: "",
};

export const draftOf = ({ title, tables }: AppSchema): PlanDraft => ({
  title,
  tables: Object.entries(tables).map(([key, table]) => ({
    key,
    title: table.title,
    columns: Object.entries(table.columns).map(
      ([id, { label, type, required, unique, options, initial, to }]) => ({
        key: id,
        label,
        type: to === undefined ? type : `reference:${to}`,
        required,
        unique,
        options: options?.join(", ") ?? "",
        initial: initial ?? "",
      }),
    ),
  })),
});

/** Reads the draft back from what the form sent: `t0.title`, `t0.c1.label`, … */
export const readDraft = (values: Values): PlanDraft => {
  const tables: TableDraft[] = [];
  for (let t = 0; t < mostTables && textOf(values, `t${t}`) !== ""; t++) {
    const columns: ColumnDraft[] = [];
    for (let c = 0; c < mostColumns && textOf(values, `t${t}.c${c}`) !== ""; c++) {
      const name = `t${t}.c${c}`;
      columns.push({
        key: textOf(values, `${name}.key`),
        label: textOf(values, `${name}.label`),
        type: textOf(values, `${name}.type`),
        required: textOf(values, `${name}.required`) !== "",
        unique: textOf(values, `${name}.unique`) !== "",
        options: textOf(values, `${name}.options`),
        initial: textOf(values, `${name}.initial`),
      });
    }
    tables.push({ key: textOf(values, `t${t}.key`), title: textOf(values, `t${t}.title`), columns });
  }
  return withKeys({ title: textOf(values, "title"), tables });
};

/** What a button does to the draft: `add-table`, `remove-table:0`, `add-column:0`, `remove-column:0:1`. Others change nothing. */
export const editDraft = (draft: PlanDraft, press: string): PlanDraft => {
  const [verb, table, column] = press.split(":");
  const t = Number(table);
  const c = Number(column);
  const inTable = (change: (one: TableDraft) => TableDraft): PlanDraft => ({
    ...draft,
    tables: draft.tables.map((one, index) => (index === t ? change(one) : one)),
  });
  switch (verb) {
    case "add-table":
      return {
        ...draft,
        tables: [
          ...draft.tables,
          { key: "", title: "", columns: [{ ...emptyColumn, label: "Name", required: true }] },
        ],
      };
    case "remove-table":
      return withoutTable(draft, t);
    case "add-column":
      return inTable((one) => ({ ...one, columns: [...one.columns, emptyColumn] }));
    case "remove-column":
      return inTable((one) => ({ ...one, columns: one.columns.filter((_, index) => index !== c) }));
    default:
      return draft;
  }
};

/** References to a table go with it. */
const withoutTable = (draft: PlanDraft, at: number): PlanDraft => {
  const gone = `reference:${draft.tables[at]?.key ?? ""}`;
  return {
    ...draft,
    tables: draft.tables
      .filter((_, index) => index !== at)
      .map((table) => ({ ...table, columns: table.columns.filter(({ type }) => type !== gone) })),
  };
};

/** Names for tables that were added, so that columns can point to them. */
const withKeys = (draft: PlanDraft): PlanDraft => {
  const taken = new Set(draft.tables.map(({ key }) => key));
  return {
    ...draft,
    tables: draft.tables.map((table) => {
      const wanted = table.key === "" ? tableNameOf(table.title) : null;
      if (wanted === null) return table;
      const key = unused(wanted, taken);
      taken.add(key);
      return { ...table, key };
    }),
  };
};

const unused = (wanted: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted.slice(0, 44)}_${number}`;
    if (!taken.has(name)) return name;
  }
};

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
    const key = draft.key === "" ? columnNameOf(draft.label) : draft.key;
    if (key === null)
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
  const column: Column = {
    type,
    label: (draft.label || inferColumn(key).label).slice(0, 60),
    required: draft.required,
    unique: draft.unique,
    ...(options.length > 0 ? { options } : {}),
    ...(type === "reference" && to !== undefined ? { to } : {}),
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

/** “now” and “today” are the moment in which a row is made. */
const mayBegin = (column: Column, text: string): boolean =>
  column.type !== "reference" &&
  (((column.type === "date" || column.type === "timestamp") && (text === "now" || text === "today")) ||
    "value" in readValue(column, text));

const isState = (key: string): boolean => /(?:^|_)(?:status|stage|state|phase)$/.test(key);

const wrong = (field: string, sentence: string) => new AppError("bad-answer", sentence, { field });
