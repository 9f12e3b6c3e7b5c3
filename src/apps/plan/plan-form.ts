import { columnTypes } from "#apps/runtime/schema.ts";
import type { Field, Option } from "#core/form.ts";
import type { ColumnDraft, PlanDraft, RuleDraft, TableDraft } from "./plan-draft.ts";

const typeLabels = {
  text: "Text",
  longtext: "Long text",
  email: "Email address",
  phone: "Phone number",
  url: "Web address",
  integer: "Whole number",
  decimal: "Number with decimals",
  money: "Money",
  percent: "Percent",
  boolean: "Yes or no",
  date: "Date",
  timestamp: "Date and time",
} as const;

/** The form of a draft. Every button redraws it on the server, so that it works without JavaScript. `open`: the table being changed. */
export const planFields = (draft: PlanDraft, open: number | null): Field[] => [
  pictureOf(draft),
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

/** The tables and what points to what. */
const pictureOf = ({ tables }: PlanDraft): Field => ({
  kind: "diagram",
  label: "Tables and relations",
  boxes: tables.map(({ title, columns }) => ({
    title: title || "New table",
    lines: columns.map(
      ({ label, required, computed }) => `${label}${required ? " *" : ""}${computed === "" ? "" : " ="}`,
    ),
  })),
  links: tables.flatMap(({ columns }, from) =>
    columns.flatMap(({ type }, line) => {
      const to = tables.findIndex(({ key }) => key !== "" && type === `reference:${key}`);
      return to === -1 ? [] : [{ from, line, to }];
    }),
  ),
});

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
      ...table.rules.map((rule, r) => ruleField(rule, t, r)),
    ],
    buttons: [
      { does: "redraw", value: `add-column:${t}`, label: `Add a column to ${title}` },
      { does: "redraw", value: `add-rule:${t}`, label: `Add a rule to ${title}` },
      ...(t === 0 ? [] : [{ does: "redraw", value: `up-table:${t}`, label: `Move ${title} up` } as const]),
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
        name: `${name}.unit`,
        label: "Currency or digits",
        value: column.unit,
        placeholder: "EUR, or 3",
      },
      {
        kind: "text",
        name: `${name}.options`,
        label: "Choices",
        value: column.options,
        placeholder: "new, in progress, done",
      },
      { kind: "text", name: `${name}.initial`, label: "Begins with", value: column.initial },
      {
        kind: "text",
        name: `${name}.computed`,
        label: "Computed as",
        value: column.computed,
        placeholder: "quantity * unit_price",
      },
      { kind: "checkbox", name: `${name}.required`, label: "Must be filled in", checked: column.required },
      { kind: "checkbox", name: `${name}.unique`, label: "Different in every row", checked: column.unique },
    ],
    buttons: [
      ...(c === 0
        ? []
        : [
            {
              does: "redraw",
              value: `up-column:${t}:${c}`,
              label: `Move ${column.label || "it"} up`,
            } as const,
          ]),
      { does: "redraw", value: `remove-column:${t}:${c}`, label: `Remove ${column.label || "this column"}` },
    ],
  };
};

const ruleField = ({ rule, says }: RuleDraft, t: number, r: number): Field => {
  const name = `t${t}.r${r}`;
  return {
    kind: "row",
    fields: [
      { kind: "hidden", name, value: "1" },
      { kind: "text", name: `${name}.rule`, label: "Rule", value: rule, placeholder: "stock >= 0" },
      {
        kind: "text",
        name: `${name}.says`,
        label: "Says when broken",
        value: says,
        placeholder: "There is not enough in stock.",
      },
    ],
    buttons: [{ does: "redraw", value: `remove-rule:${t}:${r}`, label: `Remove rule ${r + 1}` }],
  };
};

const typeOptions = (draft: PlanDraft): Option[] => [
  ...columnTypes
    .filter((type) => type !== "reference")
    .map((type) => ({ value: type, label: typeLabels[type] })),
  ...draft.tables
    .filter(({ key }) => key !== "")
    .flatMap(({ key, title }) => [
      { value: `reference:${key}`, label: `A row of ${title || key}` },
      { value: `many:${key}`, label: `Many rows of ${title || key}, by a table between` },
    ]),
];
