import { createHash } from "node:crypto";
import type { AppDatabase, Statement } from "#apps/runtime/dialect.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import { postgres } from "./dialect.ts";
import { type Line, LineError } from "./line.ts";
import type { ConnectionWord, LineQuestion } from "./line-thread.ts";
import { toPostgres } from "./to-postgres.ts";

/** Where an app's tables are: a schema of its own, owned by a role that sees no other. */
export interface Schema {
  schema: string;
  role: string;
}

/** A frozen process holds others up no longer than this. */
const mostSilentMs = 5_000;

/** The schema of the functions that PostgreSQL lacks, which all apps use. */
export const functionsSchema = "milepost_apps";

/**
 * An app's tables in PostgreSQL. Whatever is asked, is asked as its role and with nothing else in sight, within a transaction, so that PgBouncer may hand
 * out another connection each time. Writes of one app follow each other, as in SQLite: its rules look at other rows. A write waits for another one for
 * `waitMs`.
 */
export const openAppDatabase = (to: Line, { schema, role }: Schema, waitMs = 0): AppDatabase => {
  const line: Line = { ...to, ask: (...asked) => told(() => to.ask(...asked)) };
  const begin = () =>
    `BEGIN; SET LOCAL ROLE "${role}"; SET LOCAL search_path TO "${schema}", ${functionsSchema}; SET LOCAL timezone TO '${zone()}'`;
  let depth = 0;
  let on: ConnectionWord | undefined;

  /** Of a change: what nobody waits for goes along with what comes next. */
  const along: LineQuestion[] = [];
  const within = (question: LineQuestion) => line.ask([...along.splice(0), question], on);

  const ask = (question: LineQuestion) =>
    depth > 0
      ? within(question)
      : line.ask([{ sql: begin() }, { values: [], ...question }, { sql: "COMMIT" }]);

  const beginWriting = (): void => {
    const lock = lockOf(role);
    const limits = `SET LOCAL idle_in_transaction_session_timeout = ${mostSilentMs}; SET LOCAL lock_timeout = ${waitMs}`;
    const asked =
      waitMs === 0 ? `SELECT pg_try_advisory_xact_lock(${lock})` : `SELECT pg_advisory_xact_lock(${lock})`;
    const { connection, rows } = line.ask([{ sql: `${begin()}; ${limits}; ${asked}` }]);
    on = connection;
    if (waitMs > 0 || rows[0]?.[0] === 1) return;
    line.ask([{ sql: "ROLLBACK" }], on);
    throw new LineError("Somebody else writes just now.", "55P03");
  };

  const outermost = <T>(work: () => T): T => {
    try {
      beginWriting();
    } catch (error) {
      giveUp("ROLLBACK");
      throw error;
    }
    depth = 1;
    let value: T;
    try {
      value = work();
    } catch (error) {
      depth = 0;
      along.length = 0;
      giveUp("ROLLBACK");
      throw error;
    }
    depth = 0;
    // Of a change in which something failed that nobody heard of, PostgreSQL makes the opposite.
    if (within({ sql: "COMMIT" }).command !== "COMMIT")
      throw new LineError("The change was taken back by the database.", "25P02");
    return value;
  };

  const inner = <T>(work: () => T): T => {
    const point = `point_${depth}`;
    along.push({ sql: `SAVEPOINT ${point}` });
    depth += 1;
    try {
      const value = work();
      within({ sql: `RELEASE ${point}` });
      return value;
    } catch (error) {
      giveUp(`ROLLBACK TO ${point}`);
      throw error;
    } finally {
      depth -= 1;
    }
  };

  // Where the connection is lost, the server has taken all of it back by itself.
  const giveUp = (sql: string): void => {
    try {
      within({ sql });
    } catch (error) {
      if (!(error instanceof LineError || error instanceof Refusal)) throw error;
    }
  };

  const prepare = (sql: string, isPlucked = false): Statement => {
    const text = toPostgres(sql);
    const question = (values: readonly unknown[]): LineQuestion => ({
      sql: text,
      values: values.flat().map(sent),
    });
    const all = (values: readonly unknown[]): unknown[] => {
      const { columns = [], rows } = ask(question(values));
      return isPlucked
        ? rows.map(([first]) => first)
        : rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    };
    return {
      all: (...values) => all(values),
      get: (...values) => all(values)[0],
      run: (...values) => void (depth > 0 ? along.push(question(values)) : all(values)),
      pluck: () => prepare(sql, true),
    };
  };

  return {
    dialect: postgres,
    prepare: (sql) => prepare(sql),
    exec: (sql) => {
      if (depth > 0) return within({ sql: toPostgres(sql) });
      return line.ask([{ sql: begin() }, { sql: toPostgres(sql) }, { sql: "COMMIT" }]);
    },
    transaction: (work) => {
      const done = () => (depth === 0 ? outermost(work) : inner(work));
      return Object.assign(done, { immediate: done });
    },
    close: line.close,
  };
};

const told = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    // Of PostgreSQL's own indexes: SQLite's hold any text.
    if (error instanceof LineError && error.code === "54000")
      throw new Refusal(
        "too-large",
        "One of the texts is too long to be looked up by: where no two rows may say the same, or a list is filtered, about 2,600 letters are the most. Shorten it.",
      );
    if (!(error instanceof LineError && error.code === "away")) throw error;
    throw new Refusal(
      "busy",
      "The database with these data does not answer just now. Try again in a moment.",
    );
  }
};

/** No text of PostgreSQL holds the character zero, so none is found that does: in its place stands one that is no character. */
const sent = (value: unknown): unknown =>
  typeof value === "string"
    ? value.replaceAll("\0", "\uffff")
    : typeof value === "number"
      ? String(value)
      : value;

/** Another lock for each app. */
const lockOf = (role: string): string =>
  createHash("sha256").update(role).digest().readBigInt64BE().toString();

/** “Today” is the day where the server stands: so many hours and minutes it is ahead, said as POSIX does, which is the other way round. */
const zone = (): string => {
  const behind = new Date().getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(behind) / 60), Math.abs(behind) % 60];
  return `<here>${behind < 0 ? "-" : "+"}${hours}:${String(minutes).padStart(2, "0")}`;
};
