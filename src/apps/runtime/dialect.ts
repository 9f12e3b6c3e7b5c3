import type { Column, Table } from "./schema.ts";
import type { Value } from "./value.ts";

/** A statement that is ready to be asked, as often as one likes. */
export interface Statement {
  all(...values: readonly unknown[]): unknown[];
  /** The first row; undefined: there is none. */
  get(...values: readonly unknown[]): unknown;
  run(...values: readonly unknown[]): unknown;
  /** From now on only the first column of each row. */
  pluck(): Statement;
}

/** An app's tables, wherever they are kept: asked and answered on the spot. */
export interface AppDatabase {
  /** SQL with a question mark for each value. */
  prepare(sql: string): Statement;
  /** Statements without values, one after the other. */
  exec(sql: string): unknown;
  /** Work that is kept whole or not at all. Within another one it is taken back by itself alone. `immediate`: nobody else writes meanwhile. */
  transaction<T>(work: () => T): { (): T; immediate(): T };
  close(): unknown;
  readonly dialect: Dialect;
}

/** What one kind of database says, or is told, otherwise than another. All else is SQL that both understand. */
export interface Dialect {
  word: "sqlite" | "postgres";
  /** A table as it is made where it is not there yet. */
  tableSql(name: string, table: Table): string;
  /** What makes sure that references lead to rows, as far as `tableSql` leaves that. */
  referencesSql(name: string, table: Table): string[];
  /** A column as it stands in CREATE TABLE. */
  columnSql(name: string, column: Column): string;
  /** A table of the app's own beside those of its schema, by its columns and what is unique in it; `seq` counts by itself. */
  ownTableSql(name: string, columns: Readonly<Record<string, OwnType>>, key: readonly string[]): string;
  /** Whether there is a table. */
  isThere(db: AppDatabase, table: string): boolean;
  /** The columns of a table. */
  columnsIn(db: AppDatabase, table: string): string[];
  /**
   * Where the database does not run our programs: has it know what `fitted` gives for each value, found by `values` (SQL, as `value`), that a column is to
   * hold.
   */
  learnFits?(db: AppDatabase, column: Column, values: string): void;
  /** Has a column that counts by itself go on behind what is in it, where it does not find that out. */
  countOn?(db: AppDatabase, table: string, column: string): void;
  /** How rows would be found, in the database's own words. */
  wayTo(db: AppDatabase, sql: string, values: readonly Value[]): string;
}

export type OwnType = "text" | "text?" | "number" | "seq";
