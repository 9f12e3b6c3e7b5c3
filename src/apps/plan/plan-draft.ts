import type { AppSchema, Column } from "#apps/runtime/schema.ts";
import { textOf, type Values } from "#core/form.ts";
import { isWordy, tableNameOf, unused } from "./names.ts";
import { tableBetween } from "./table-between.ts";

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
  rules: readonly RuleDraft[];
}

/** What has to hold for every row, and what is said to whoever would break it. */
export interface RuleDraft {
  rule: string;
  says: string;
}

export interface ColumnDraft {
  key: string;
  label: string;
  /** A column type, or `reference:<table>`; or `many:<table>`, of which a table between the two becomes. */
  type: string;
  required: boolean;
  unique: boolean;
  /** The currency of money, or how many digits a decimal has; empty: it is not said. */
  unit: string;
  /** Separated by commas. */
  options: string;
  /** What new rows begin with; empty: nothing. */
  initial: string;
  /** A formula; empty: it is entered. */
  computed: string;
}

/** A person fills in no more than this; it also bounds what a forged form can ask for. */
const mostTables = 30;
const mostColumns = 60;
const mostRules = 20;
const emptyColumn: ColumnDraft = {
  key: "",
  label: "",
  type: "text",
  unit: "",
  required: false,
  unique: false,
  options: "",
  initial: "",
  computed: "",
};

export const draftOf = ({ title, tables }: AppSchema): PlanDraft => ({
  title,
  tables: Object.entries(tables).map(([key, table]) => ({
    key,
    title: table.title,
    columns: Object.entries(table.columns).map(([id, column]) => columnDraft(id, column)),
    rules: (table.rules ?? []).map(({ rule, says = "" }) => ({ rule, says })),
  })),
});

export const columnDraft = (
  key: string,
  { label, required, unique, options = [], initial = "", to, computed = "", ...kind }: Column,
): ColumnDraft => ({
  ...{ key, label, required, unique, initial, computed },
  type: to === undefined ? kind.type : `reference:${to}`,
  unit: unitOf(kind),
  options: options.join(", "),
});

export const unitOf = ({ digits, currency }: Pick<Column, "digits" | "currency">): string =>
  currency ?? String(digits ?? "");

/** Reads the draft back from what the form sent: `t0.title`, `t0.c1.label`, `t0.r0.rule`, … */
export const readDraft = (values: Values): PlanDraft => {
  const text = (name: string): string => textOf(values, name).trim();
  const tables = listed(values, "t", mostTables).map((t) => ({
    ...{ key: text(`${t}.key`), title: text(`${t}.title`) },
    columns: listed(values, `${t}.c`, mostColumns).map((c) => ({
      ...{
        key: text(`${c}.key`),
        label: text(`${c}.label`),
        type: text(`${c}.type`),
        unit: text(`${c}.unit`),
      },
      ...{ required: text(`${c}.required`) !== "", unique: text(`${c}.unique`) !== "" },
      ...{ options: text(`${c}.options`), initial: text(`${c}.initial`), computed: text(`${c}.computed`) },
    })),
    rules: listed(values, `${t}.r`, mostRules).map((r) => ({
      ...{ rule: text(`${r}.rule`), says: text(`${r}.says`) },
    })),
  }));
  return withTablesBetween(withKeys({ title: textOf(values, "title"), tables }));
};

/** The names of those that stand one after the other in a form: `t0`, `t1`, … */
const listed = (values: Values, before: string, most: number): string[] => {
  const all = Array.from({ length: most }, (_, at) => `${before}${at}`);
  const end = all.findIndex((name) => textOf(values, name) === "");
  return end === -1 ? all : all.slice(0, end);
};

/** Columns that hold many rows of another table become a table between the two, called as the column is. */
export const withTablesBetween = (draft: PlanDraft): PlanDraft => {
  const isMany = ({ type }: ColumnDraft) => type.startsWith("many:");
  const between = draft.tables.flatMap((table) =>
    table.columns.filter(isMany).flatMap(({ label, type }) => {
      const other = draft.tables.find(({ key }) => type === `many:${key}`);
      return other === undefined ? [] : [draftBetween(table, other, label)];
    }),
  );
  if (between.length === 0) return draft;
  return withKeys({
    ...draft,
    tables: [
      ...draft.tables.map((table) => ({ ...table, columns: table.columns.filter((one) => !isMany(one)) })),
      ...between,
    ],
  });
};

const draftBetween = (one: TableDraft, other: TableDraft, called: string): TableDraft => {
  const { title, columns, rules } = tableBetween(one, other);
  return {
    ...{ key: "", title: called || title },
    columns: Object.entries(columns).map(([id, column]) => columnDraft(id, column)),
    rules: rules.map(({ rule, says = "" }) => ({ rule, says })),
  };
};

/** The draft with a table between two of its own. */
export const withTableBetween = (draft: PlanDraft, one: TableDraft, other: TableDraft): PlanDraft =>
  withKeys({ ...draft, tables: [...draft.tables, draftBetween(one, other, "")] });

/**
 * What a button does to the draft: `add-table`, `remove-table:0`, `up-table:1`, and in table 0 `add-column:0`, `remove-column:0:1`, `up-column:0:1`,
 * `add-rule:0`, `remove-rule:0:1`. Others change nothing.
 */
export const editDraft = (draft: PlanDraft, press: string): PlanDraft => {
  const [verb, table, place] = press.split(":");
  const t = Number(table);
  const at = Number(place);
  const inTable = (change: (one: TableDraft) => Partial<TableDraft>): PlanDraft => ({
    ...draft,
    tables: draft.tables.map((one, index) => (index === t ? { ...one, ...change(one) } : one)),
  });
  switch (verb) {
    case "add-table": {
      const columns = [{ ...emptyColumn, label: "Name", required: true }];
      return { ...draft, tables: [...draft.tables, { key: "", title: "", columns, rules: [] }] };
    }
    case "remove-table":
      return withoutTable(draft, t);
    case "up-table":
      return { ...draft, tables: raised(draft.tables, t) };
    case "add-column":
      return inTable(({ columns }) => ({ columns: [...columns, emptyColumn] }));
    case "remove-column":
      return inTable(({ columns }) => ({ columns: columns.filter((_, index) => index !== at) }));
    case "up-column":
      return inTable(({ columns }) => ({ columns: raised(columns, at) }));
    case "add-rule":
      return inTable(({ rules }) => ({ rules: [...rules, { rule: "", says: "" }] }));
    case "remove-rule":
      return inTable(({ rules }) => ({ rules: rules.filter((_, index) => index !== at) }));
    default:
      return draft;
  }
};

/** The list with one of its entries a place further up. */
const raised = <T>(list: readonly T[], at: number): readonly T[] => {
  const [above, one] = [list[at - 1], list[at]];
  return above === undefined || one === undefined ? list : list.with(at - 1, one).with(at, above);
};

/** References to a table go with it. */
export const withoutTable = (draft: PlanDraft, at: number): PlanDraft => {
  const gone = `reference:${draft.tables[at]?.key ?? ""}`;
  return {
    ...draft,
    tables: draft.tables
      .filter((_, index) => index !== at)
      .map((table) => ({ ...table, columns: table.columns.filter(({ type }) => type !== gone) })),
  };
};

/** Names for tables that were added, so that columns can point to them. */
export const withKeys = (draft: PlanDraft): PlanDraft => {
  const taken = new Set(draft.tables.map(({ key }) => key));
  return {
    ...draft,
    tables: draft.tables.map((table) => {
      if (table.key !== "" || !isWordy(table.title)) return table;
      const wanted = tableNameOf(table.title) ?? "rows";
      const key = unused(wanted, taken);
      taken.add(key);
      return { ...table, key };
    }),
  };
};
