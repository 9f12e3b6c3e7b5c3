import { checkSchema } from "#apps/runtime/check-schema.ts";
import { zoneOf } from "#apps/runtime/csv-dates.ts";
import type { AppSchema, Column, Table } from "#apps/runtime/schema.ts";
import { plural } from "#core/plural.ts";
import { finishTable, namesBest } from "./finish-table.ts";
import { labelOf, slugOf, tableNameOf } from "./names.ts";
import type { AppPlan } from "./plan.ts";
import { type Sheet, type SheetColumn, spaced } from "./sheet.ts";
import { typeFromCells } from "./type-from-cells.ts";

/** What was found of a column, and by what. */
interface Found {
  name: string;
  column: Column;
  evidence: string;
}

/** A plan, and which table each sheet is. */
export interface PlanOfSheets extends AppPlan {
  tables: string[];
  evidence: Evidence[];
}

/** What the rows of a table tell, column by column: its label, and why it is what it is. */
export interface Evidence {
  table: string;
  columns: [label: string, told: string][];
}

/**
 * An app with a table for each file of rows: the types are told by what stands in the columns, what belongs together by what stands in several
 * files. Throws AppError("bad-input").
 */
export const planFromSheets = (sheets: readonly Sheet[], title: string): PlanOfSheets => {
  const tables = tableNames(sheets);
  const planned = sheets.map((sheet) => tableOf(sheets, sheet, tables));
  const schema = checkSchema({
    ...{ app: slugOf(title), title: title.slice(0, 80) },
    tables: Object.fromEntries(planned.map(({ table }, at) => [tables[at] ?? "", table])),
  } satisfies AppSchema);
  return {
    schema,
    tables,
    understood: planned.flatMap(({ understood }) => understood),
    evidence: planned.map(({ table: { title }, columns }) => ({ table: title, columns })),
    warnings: sheets.flatMap(({ columns }) =>
      columns.flatMap(({ doubt }) => (doubt === null ? [] : [`${doubt}.`])),
    ),
  };
};

const tableNames = (sheets: readonly Sheet[]): string[] => {
  const taken: string[] = [];
  for (const { title } of sheets) {
    const wanted = tableNameOf(title) ?? "rows";
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted.slice(0, 44)}_${number}`;
      if (taken.includes(name)) continue;
      taken.push(name);
      break;
    }
  }
  return taken;
};

const tableOf = (
  sheets: readonly Sheet[],
  sheet: Sheet,
  tables: readonly string[],
): { table: Table; understood: string[]; columns: Evidence["columns"] } => {
  const { title, rows, above, columns } = sheet;
  const isKey = (name: string) =>
    sheets.some((other) =>
      other.columns.some(({ refersTo }) => refersTo?.column === name && sheets[refersTo.sheet] === sheet),
    );
  const found = columns.map((column) => {
    const referring =
      column.refersTo === null ? null : referenceFrom(sheets, column, column.refersTo, tables);
    return referring ?? columnFrom(column, rows, isKey(column.name));
  });
  const key = columns.find(({ name }) => isKey(name))?.name;
  const finished = finishTable(
    title.toLowerCase(),
    Object.fromEntries(found.map(({ name, column }) => [name, column])),
  );
  return {
    table: { ...finished, title: title.slice(0, 60), name: namedBy(found, key) ?? finished.name },
    understood: [
      `${sheets.length === 1 ? "One table" : `“${title}” is a table`} with ${plural(columns.length, "column")}, for ${plural(rows, "row")}, which ${rows === 1 ? "is" : "are"} added once it is made.`,
      ...above.map((line) => `“${line.slice(0, 100)}” stands above the headings and is left out.`),
    ],
    columns: found.map(({ column, evidence }) => [column.label, evidence]),
  };
};

const referenceFrom = (
  sheets: readonly Sheet[],
  { heading, name, filled }: SheetColumn,
  { sheet, column }: NonNullable<SheetColumn["refersTo"]>,
  tables: readonly string[],
): Found => {
  const to = sheets[sheet];
  const key = to?.columns.find((one) => one.name === column)?.heading ?? column;
  return {
    name,
    column: {
      ...{ type: "reference", to: tables[sheet] ?? "", label: labelFrom(heading) },
      ...{ required: false, unique: false },
    },
    evidence: `names a row of “${to?.title}” by its “${key}”, where all ${filled.toLocaleString("en")} of its cells are found`,
  };
};

const labelFrom = (heading: string): string => labelOf(spaced(heading)).slice(0, 60);

const columnFrom = (
  { heading, name, filled, cells, values, isUnique, isLong }: SheetColumn,
  rows: number,
  isKey: boolean,
): Found => {
  const label = labelFrom(heading);
  const plain = { label, required: false, unique: isKey };
  const keyed = isKey ? ", and by it other tables name its rows" : "";
  const example = cells[0]?.slice(0, 40) ?? "";
  if (filled === 0)
    return {
      name,
      column: { ...plain, type: "text" },
      evidence: "is empty in these rows, so it takes any text",
    };
  const { kind, said, unclear } = typeFromCells(heading, cells);
  if (kind !== undefined) {
    const inUtc = kind.type === "timestamp" && cells.every((cell) => zoneOf(cell) !== "");
    return {
      name,
      column: {
        ...plain,
        ...kind,
        label: inUtc ? `${label.slice(0, 54)} (UTC)` : label,
        unique: isKey || (isUnique && rows > 2 && kind.type === "email"),
      },
      evidence: `holds ${said}, such as ${example}${inUtc ? ", and keeps them as the time in UTC" : ""}${keyed}`,
    };
  }
  if (
    values !== null &&
    values.length > 1 &&
    filled >= values.length * 3 &&
    values.every((one) => one.length <= 30 && !one.includes("\n"))
  )
    return {
      name,
      column: { ...plain, type: "text", options: [...values] },
      evidence: `is one of ${values.join(", ")}`,
    };
  return {
    name,
    column: {
      ...{ ...plain, type: isLong ? "longtext" : "text" },
      unique: isKey || (isUnique && rows > 2 && isNumbering.test(name)),
    },
    evidence: `holds ${isLong ? "long text" : "text"}, such as ${example}${unclear ? ", since nothing tells how its numbers or dates are meant" : ""}${keyed}`,
  };
};

const isNumbering = /(?:^|_)(?:sku|number|no|nr|code|isbn|ean)$/;

/** The column that names a row: one that is called so, else the first of text; the key, by which other tables name its rows, where there is none. */
const namedBy = (found: readonly Found[], key: string | undefined): string | undefined => {
  const texts = found.filter(
    ({ name, column }) => column.type === "text" && column.options === undefined && name !== key,
  );
  return (
    texts.find(({ name }) => namesBest.includes(name)) ??
    texts.find(({ name }) => /(?:^|_)(?:name|title)$/.test(name)) ??
    texts[0] ?? { name: key }
  ).name;
};

/** Which of the tables have to be filled before others: those that others refer to first. */
export const inOrderOfReference = <T extends { table: string }>(
  { tables }: AppSchema,
  sheets: readonly T[],
): T[] => {
  const ordered: T[] = [];
  const place = (one: T, above: readonly string[]) => {
    if (ordered.includes(one)) return;
    for (const { to } of Object.values(tables[one.table]?.columns ?? {}))
      for (const other of sheets)
        if (other.table === to && other !== one && !above.includes(to)) place(other, [...above, one.table]);
    ordered.push(one);
  };
  for (const one of sheets) place(one, []);
  return ordered;
};
