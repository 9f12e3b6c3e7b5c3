import type { Renames } from "#apps/migrate.ts";
import type { AppSchema, Column, Table } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { choicesFor } from "./finish-table.ts";
import { singular } from "./plural.ts";

/** How an app is to change, and what that comes to. */
export interface AppChange {
  schema: AppSchema;
  /** What is done, a sentence each. */
  steps: string[];
  /** What goes away, a sentence each, whatever rows there are. */
  loses: string[];
  renames: Renames;
}

/** A rule of the grammar: what a request makes of a change so far; null when the request is none of its kind. */
export type Rule = (change: AppChange, request: string) => AppChange | null;

export const refusal = (sentence: string): AppError =>
  new AppError("bad-input", sentence, { field: "request" });

/** The table that a person means, by its name, its title or what one row of it is called. */
export const tableNamed = (schema: AppSchema, words: string): [string, Table] | undefined => {
  const wanted = singular(plain(words).replace(/ table$/, ""));
  return Object.entries(schema.tables).find(([name, { title, singular: one }]) =>
    [name, title, one].some((known) => singular(plain(known)) === wanted),
  );
};

/** The column that a person means, by its name or its label. */
export const columnNamed = (table: Table, words: string): [string, Column] | undefined => {
  const wanted = plain(words).replace(/ (?:column|field)$/, "");
  return Object.entries(table.columns).find(([name, { label }]) =>
    [name, label, name.replace(/_id$/, "")].some((known) => plain(known) === wanted),
  );
};

const plain = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/^(?:(?:the|a|an|its|my|our|all|new) )+/, "")
    .trim();

/** The change with one table put in another's place; search, filters and board follow its columns. */
export const withTable = (
  { schema, ...rest }: AppChange,
  name: string,
  table: Table,
  more: Partial<Pick<AppChange, "steps" | "loses" | "renames">>,
): AppChange => {
  const { name: named, ...choices } = choicesFor(table.columns);
  const keeps = table.columns[table.name] !== undefined;
  return {
    ...rest,
    schema: {
      ...schema,
      tables: {
        ...schema.tables,
        [name]: { ...table, ...choices, name: keeps ? table.name : named },
      },
    },
    steps: [...rest.steps, ...(more.steps ?? [])],
    loses: [...rest.loses, ...(more.loses ?? [])],
    renames: more.renames ?? rest.renames,
  };
};
