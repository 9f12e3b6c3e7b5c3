import { columnTypes, kinds } from "#apps/runtime/kinds.ts";
import type { Field, Option } from "#core/form.ts";
import type { ColumnDraft, PlanDraft, RuleDraft, TableDraft } from "./plan-draft.ts";

/** The form of a draft. Every button redraws it on the server, so that it works without JavaScript. `open`: the table being changed. */
export const planFields = (draft: PlanDraft, open: number | null): Field[] => [
  pictureOf(draft),
  { ...text("title", "Title", draft.title), required: true },
  ...draft.tables.map((table, t) => tableField(table, t, draft, open === t || draft.tables.length === 1)),
  {
    kind: "group",
    legend: "More tables",
    help: "Every table also has an id and the times when a row was made and changed.",
    fields: [],
    buttons: [redraw("add-table", "Add a table")],
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
      hidden(`t${t}`, "1"),
      hidden(`t${t}.key`, table.key),
      { ...text(`t${t}.title`, "Table", table.title, "Customers"), required: true },
      ...table.columns.map((column, c) => columnField(column, t, c, draft)),
      ...table.rules.map((rule, r) => ruleField(rule, t, r)),
    ],
    buttons: [
      redraw(`add-column:${t}`, `Add a column to ${title}`),
      redraw(`add-rule:${t}`, `Add a rule to ${title}`),
      ...(t === 0 ? [] : [redraw(`up-table:${t}`, `Move ${title} up`)]),
      redraw(`remove-table:${t}`, `Remove ${title}`),
    ],
  };
};

const columnField = (column: ColumnDraft, t: number, c: number, draft: PlanDraft): Field => {
  const { key, label, type, unit, options, initial, computed, required, unique } = column;
  const name = `t${t}.c${c}`;
  return {
    kind: "row",
    fields: [
      hidden(name, "1"),
      hidden(`${name}.key`, key),
      { ...text(`${name}.label`, "Column", label), required: true },
      { kind: "select", name: `${name}.type`, label: "Holds", value: type, options: typeOptions(draft) },
      text(`${name}.unit`, "Currency or digits", unit, "EUR, or 3"),
      text(`${name}.options`, "Choices", options, "new, in progress, done"),
      text(`${name}.initial`, "Begins with", initial),
      text(`${name}.computed`, "Computed as", computed, "quantity * unit_price"),
      { kind: "checkbox", name: `${name}.required`, label: "Must be filled in", checked: required },
      { kind: "checkbox", name: `${name}.unique`, label: "Different in every row", checked: unique },
    ],
    buttons: [
      ...(c === 0 ? [] : [redraw(`up-column:${t}:${c}`, `Move ${label || "it"} up`)]),
      redraw(`remove-column:${t}:${c}`, `Remove ${label || "this column"}`),
    ],
  };
};

const ruleField = ({ rule, says }: RuleDraft, t: number, r: number): Field => {
  const name = `t${t}.r${r}`;
  return {
    kind: "row",
    fields: [
      hidden(name, "1"),
      text(`${name}.rule`, "Rule", rule, "stock >= 0"),
      text(`${name}.says`, "Says when broken", says, "There is not enough in stock."),
    ],
    buttons: [redraw(`remove-rule:${t}:${r}`, `Remove rule ${r + 1}`)],
  };
};

const hidden = (name: string, value: string) => ({ kind: "hidden", name, value }) as const;
const text = (name: string, label: string, value: string, placeholder?: string) =>
  ({ kind: "text", name, label, value, ...(placeholder === undefined ? {} : { placeholder }) }) as const;
const redraw = (value: string, label: string) => ({ does: "redraw", value, label }) as const;

const typeOptions = (draft: PlanDraft): Option[] => [
  ...columnTypes
    .filter((type) => type !== "reference")
    .map((type) => ({ value: type, label: kinds[type].title })),
  ...draft.tables
    .filter(({ key }) => key !== "")
    .flatMap(({ key, title }) => [
      { value: `reference:${key}`, label: `A row of ${title || key}` },
      { value: `many:${key}`, label: `Many rows of ${title || key}, by a table between` },
    ]),
];
