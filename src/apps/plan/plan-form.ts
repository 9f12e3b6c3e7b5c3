import { columnTypes } from "#apps/runtime/schema.ts";
import type { Field, Option } from "#core/form.ts";
import type { ColumnDraft, PlanDraft, TableDraft } from "./plan-draft.ts";

const typeLabels = {
  text: "Text",
  longtext: "Long text",
  email: "Email address",
  phone: "Phone number",
  url: "Web address",
  integer: "Whole number",
  decimal: "Number with decimals",
  boolean: "Yes or no",
  date: "Date",
  timestamp: "Date and time",
} as const;

/** The form of a draft. Every button redraws it on the server, so that it works without JavaScript. `open`: the table being changed. */
export const planFields = (draft: PlanDraft, open: number | null): Field[] => [
  { kind: "text", name: "title", label: "Title", value: draft.title, required: true },
  ...draft.tables.map((table, t) => tableField(table, t, draft, open === t || draft.tables.length === 1)),
  {
    kind: "group",
    legend: "More tables",
    help: "Every table also has an id and the times when a row was made and changed.",
    fields: [],
    buttons: [{ does: "redraw", value: "add-table", label: "Add a table" }],
  },
];

const tableField = (table: TableDraft, t: number, draft: PlanDraft, open: boolean): Field => {
  const title = table.title || "New table";
  return {
    kind: "group",
    legend: `${title}: ${table.columns.map(({ label }) => label || "?").join(", ")}`,
    open: open || table.key === "",
    fields: [
      { kind: "hidden", name: `t${t}`, value: "1" },
      { kind: "hidden", name: `t${t}.key`, value: table.key },
      {
        kind: "text",
        name: `t${t}.title`,
        label: "Table",
        value: table.title,
        placeholder: "Customers",
        required: true,
      },
      ...table.columns.map((column, c) => columnField(column, t, c, draft)),
    ],
    buttons: [
      { does: "redraw", value: `add-column:${t}`, label: `Add a column to ${title}` },
      { does: "redraw", value: `remove-table:${t}`, label: `Remove ${title}` },
    ],
  };
};

const columnField = (column: ColumnDraft, t: number, c: number, draft: PlanDraft): Field => {
  const name = `t${t}.c${c}`;
  return {
    kind: "row",
    fields: [
      { kind: "hidden", name, value: "1" },
      { kind: "hidden", name: `${name}.key`, value: column.key },
      { kind: "text", name: `${name}.label`, label: "Column", value: column.label, required: true },
      {
        kind: "select",
        name: `${name}.type`,
        label: "Holds",
        value: column.type,
        options: typeOptions(draft),
      },
      {
        kind: "text",
        name: `${name}.options`,
        label: "Choices",
        value: column.options,
        placeholder: "new, in progress, done",
      },
      { kind: "text", name: `${name}.initial`, label: "Begins with", value: column.initial },
      { kind: "checkbox", name: `${name}.required`, label: "Must be filled in", checked: column.required },
      { kind: "checkbox", name: `${name}.unique`, label: "Different in every row", checked: column.unique },
    ],
    buttons: [
      { does: "redraw", value: `remove-column:${t}:${c}`, label: `Remove ${column.label || "this column"}` },
    ],
  };
};

const typeOptions = (draft: PlanDraft): Option[] => [
  ...columnTypes
    .filter((type) => type !== "reference")
    .map((type) => ({ value: type, label: typeLabels[type] })),
  ...draft.tables
    .filter(({ key }) => key !== "")
    .map(({ key, title }) => ({ value: `reference:${key}`, label: `A row of ${title || key}` })),
];
