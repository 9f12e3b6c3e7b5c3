import type { Domain } from "./domains.ts";
import type { ColumnDraft } from "./draft.ts";
import { columnsFrom } from "./draft.ts";
import { namesBest } from "./finish-table.ts";
import { inferColumn, withOptions } from "./infer-column.ts";
import { columnNameOf, tableNameOf } from "./names.ts";
import type { Noun } from "./noun.ts";
import { singular } from "./plural.ts";
import type { Mention } from "./read-description.ts";

/** A table on its way: its columns are known, its references not yet tied to other tables. */
export interface TableDraft {
  name: string;
  /** Plural, in words. */
  words: string;
  noun: Noun | null;
  columns: ColumnDraft[];
}

/** What a table of an unknown noun begins with. */
const bare = "name! description";

/** The columns of a mentioned table: the listed ones, otherwise those of the dictionary, in this line of business where it differs. */
export const tableDraft = (mention: Mention, domain: Domain | undefined): TableDraft | null => {
  const { words, noun, properties, extras, status } = mention;
  const name = tableNameOf(words);
  if (name === null) return null;
  const usual = columnsFrom(
    (noun === null ? undefined : domain?.columns?.[noun.key]) ?? noun?.columns ?? bare,
  );
  const columns =
    properties.length === 0
      ? usual
      : named([...properties.flatMap((words) => listed(words, usual)), ...usual.filter(isLink)], usual);
  const more = extras.flatMap((extra) => listed(extra, usual)).filter((one) => !has(columns, one.name));
  const all = [...columns, ...more];
  return { name, words, noun, columns: status === null ? all : withStatus(all, usual, status.options) };
};

/** Listed columns with one in front that names a row to people, where none of them does. */
const named = (columns: readonly ColumnDraft[], usual: readonly ColumnDraft[]): ColumnDraft[] => {
  if (columns.some(({ name }) => namesBest.includes(name))) return [...columns];
  const naming = usual.find(({ name }) => namesBest.includes(name));
  const bareName = usual.some(({ targets }) => targets !== undefined) ? [] : columnsFrom("name!");
  return [...(naming === undefined ? bareName : [naming]), ...columns];
};

const isLink = ({ targets }: ColumnDraft): boolean => targets !== undefined;

/** A column that a person listed: as the dictionary has it for this table, otherwise by its name; a reference when a table is called so. */
const listed = (words: string, usual: readonly ColumnDraft[]): ColumnDraft[] => {
  const name = columnNameOf(words);
  if (name === null) return [];
  const known = usual.find((one) => one.name === name);
  if (known !== undefined) return [known];
  const column = inferColumn(name);
  const target = `${singular(name.replaceAll("_", " "))}`.replaceAll(" ", "_");
  return column.type === "text" && column.options === undefined
    ? [{ name, column, maybe: target }]
    : [{ name, column }];
};

const has = (columns: readonly ColumnDraft[], wanted: string): boolean =>
  columns.some(({ name }) => name === wanted);

const usualStates = ["new", "in progress", "done"];

const isState = ({ name, column }: ColumnDraft): boolean =>
  /(?:^|_)(?:status|stage)$/.test(name) && column.options !== undefined;

/** A status that was asked for: the column that is there, with the given values, or a new one. */
const withStatus = (
  listed: readonly ColumnDraft[],
  usual: readonly ColumnDraft[],
  options: readonly string[] | null,
): ColumnDraft[] => {
  const states = usual.filter((one) => isState(one) && !has(listed, one.name));
  const columns = listed.some(isState) ? listed : [...listed, ...states.slice(0, 1)];
  const at = columns.findIndex(isState);
  const chosen = options !== null && options.length > 1 ? options : null;
  const there = columns[at];
  if (there !== undefined)
    return chosen === null
      ? [...columns]
      : columns.with(at, { ...there, column: { ...there.column, ...withOptions(chosen) } });
  return [
    ...columns,
    { name: "status", column: { ...inferColumn("status"), ...withOptions(chosen ?? usualStates) } },
  ];
};
