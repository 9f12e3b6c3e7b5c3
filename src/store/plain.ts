export type PlainValue = string | number | boolean | null;
export type PlainRow = Record<string, PlainValue>;

/** A table as every database has it. */
export interface Table {
  name: string;
  columns: readonly { name: string; kind: "text" | "whole" | "real" | "boolean" }[];
  /** The columns of its primary key. */
  key: readonly string[];
  /** Tables whose rows those of this one refer to. */
  refersTo: readonly string[];
}

/**
 * A database without the query layer, for programs that take all of it elsewhere or write all secrets anew while nobody works on it. Values are the
 * same on every database: JSON and texts as texts, times as milliseconds. Places for values are written as ? in every SQL.
 */
export interface Plain {
  /** How it is called to people: a path, or host and name, never a password. */
  called: string;
  rows(sql: string, values?: readonly PlainValue[]): Promise<PlainRow[]>;
  /** All rows of a table in the order of its key, some at a time. */
  pages(table: Table): AsyncIterable<PlainRow[]>;
  put(table: Table, rows: readonly PlainRow[]): Promise<void>;
  has(table: string, column: string): Promise<boolean>;
  /** All that is written in it is committed together, or none of it; what is read in it is of one moment. */
  together<T>(work: () => Promise<T>): Promise<T>;
  /** After all rows came: the numbers that the database gives by itself go on behind them, and rows refer to what is there. */
  settle(tables: readonly Table[]): Promise<void>;
  /** Says that all of it is elsewhere from now on: no server starts on it any more. */
  leave(to: string): Promise<void>;
  /** Where all of it is, if it was left. */
  leftFor(): Promise<string | null>;
  close(): Promise<void>;
}

/** "a, b" of its columns, as SQL. */
export const columnsOf = ({ columns }: Table): string => columns.map(({ name }) => `"${name}"`).join(", ");

/** " ORDER BY …" of its key. */
export const inOrder = ({ key }: Table): string => ` ORDER BY ${key.map((name) => `"${name}"`).join(", ")}`;
