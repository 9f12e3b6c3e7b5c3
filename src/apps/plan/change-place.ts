import { AppError } from "#core/errors.ts";
import { columnIn } from "./column-text.ts";
import { unused } from "./names.ts";
import { type ColumnDraft, columnDraft, type PlanDraft, type TableDraft } from "./plan-draft.ts";
import { singular } from "./plural.ts";

/** What one request makes of a plan; null when it is none of its kind. */
export type ChangeRule = (draft: PlanDraft, request: string) => PlanDraft | null;

/** Which column of which table is meant. */
export interface Place {
  table: TableDraft;
  column: ColumnDraft;
}

const plain = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/^(?:(?:the|a|an|its|my|our|all|new) )+/, "")
    .trim();

export const isTable = ({ key, title }: TableDraft, words: string): boolean => {
  const wanted = singular(plain(words).replace(/ table$/, ""));
  return [key, title].some((known) => singular(plain(known)) === wanted);
};
export const isCalled = ({ key, label }: ColumnDraft, words: string): boolean => {
  const wanted = plain(words).replace(/ (?:column|field)$/, "");
  return [key, label, key.replace(/_id$/, "")].some((known) => plain(known) === wanted);
};

export const tableNamed = ({ tables }: PlanDraft, words: string) => tables.find((one) => isTable(one, words));

export const needTable = (draft: PlanDraft, words: string): TableDraft => {
  const table = tableNamed(draft, words);
  if (table !== undefined) return table;
  throw refusal(
    `The app has no table “${words}”. It has ${draft.tables.map(({ title }) => title).join(", ")}.`,
  );
};

/** The column that is meant. Without a table it is the only column of that name in the app; null when there is none. */
export const placeOf = (draft: PlanDraft, words: string, inTable: string | undefined): Place | null => {
  const named = inTable === undefined ? draft.tables : [needTable(draft, inTable)];
  if (inTable === undefined && tableNamed(draft, words) !== undefined) return null;
  const all = named.flatMap((table) =>
    table.columns.filter((one) => isCalled(one, words)).map((column) => ({ table, column })),
  );
  if (all.length > 1)
    throw refusal(
      `Several tables have a column “${words}”: ${all.map(({ table }) => table.title).join(", ")}. Say which one is meant: “${words} of ${all[0]?.table.title.toLowerCase()}”.`,
    );
  if (all[0] === undefined && inTable !== undefined)
    throw refusal(
      `“${named[0]?.title}” has no column “${words}”. It has ${named[0]?.columns.map(({ label }) => label).join(", ")}.`,
    );
  return all[0] ?? null;
};

export const withColumn = (
  draft: PlanDraft,
  { table, column }: Place,
  changed: Partial<ColumnDraft>,
): PlanDraft => ({
  ...draft,
  tables: draft.tables.map((one) =>
    one === table
      ? { ...one, columns: one.columns.map((other) => (other === column ? { ...other, ...changed } : other)) }
      : one,
  ),
});

export const withNew = (draft: PlanDraft, table: TableDraft, listed: readonly string[]): PlanDraft => {
  const taken = new Set(table.columns.map(({ key }) => key));
  const columns = listed.map((words) => {
    const [named, column] = columnIn(words, (one) => tableNamed(draft, one)?.key) ?? [];
    if (named === undefined || column === undefined)
      throw refusal(
        `“${words.slice(0, 60)}” cannot be read as a column. Say it as “shelf: number”, “colour (red, blue)” or “total = quantity * price”.`,
      );
    const there = table.columns.find((one) => isCalled(one, column.label));
    if (there !== undefined) throw refusal(`“${table.title}” has a column “${there.label}” already.`);
    const id = unused(named, taken);
    taken.add(id);
    return columnDraft(id, column);
  });
  return {
    ...draft,
    tables: draft.tables.map((one) =>
      one === table ? { ...one, columns: [...one.columns, ...columns] } : one,
    ),
  };
};

export const refusal = (sentence: string): AppError =>
  new AppError("bad-input", sentence, { field: "request" });
