import { Client, types } from "pg";
import { AppError } from "#core/errors.ts";
import { columnsOf, inOrder, type Plain, type PlainRow, type PlainValue } from "#store/plain.ts";
import { movedAway, movedTo } from "./migrations.ts";
import { isInUse, openUpToDate } from "./open.ts";
import { plainError } from "./plain-error.ts";
import { migrationLock } from "./pool.ts";

const mostRows = 500;
const arrays = { text: "text[]", whole: "bigint[]", real: "float8[]", boolean: "boolean[]" } as const;
const wholeNumbers = new Set([20, 1700]);
const parsers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    wholeNumbers.has(oid) ? Number : types.getTypeParser(oid, format as "text"),
};

/**
 * `looks`: changes nothing, and nodes may use it meanwhile. Otherwise no node does, its tables are up to date, and none starts on it until this is
 * closed. Throws AppError("conflict") when one runs, and what `openPostgresStore` throws.
 */
export const openPlain = async (url: string, { looks }: { looks: boolean }): Promise<Plain> => {
  if (!looks) await (await openUpToDate(url)).end();
  const client = new Client({ connectionString: url, application_name: "milepost (alone)", keepAlive: true });
  let broken: unknown;
  client.on("error", (error) => {
    broken = error;
  });
  const called = nameOf(url);
  try {
    await client.connect();
    // Who starts makes tables under the same lock, and so waits.
    if (!looks) await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    if (!looks && (await isInUse(url)))
      throw new AppError("conflict", `A Milepost is running on ${called}. Stop all its processes first.`);
  } catch (error) {
    await client.end().catch(() => {});
    throw plainError(error);
  }
  const ask = async (text: string, values: readonly unknown[] = []): Promise<PlainRow[]> => {
    try {
      return (await client.query<PlainRow>({ text, values: [...values], types: parsers })).rows;
    } catch (error) {
      throw plainError(broken ?? error);
    }
  };
  return {
    called,
    rows: (sql, values) => ask(numbered(sql), values),
    pages: async function* (table) {
      await ask(
        `DECLARE page NO SCROLL CURSOR FOR SELECT ${columnsOf(table)} FROM "${table.name}"${inOrder(table)}`,
      );
      for (;;) {
        const page = await ask(`FETCH ${mostRows} FROM page`);
        yield page;
        if (page.length < mostRows) break;
      }
      await ask("CLOSE page");
    },
    put: async (table, rows) => {
      if (rows.length === 0) return;
      const places = table.columns.map(({ kind }, n) => `$${n + 1}::${arrays[kind]}`).join(", ");
      await ask(
        `INSERT INTO "${table.name}" (${columnsOf(table)}) SELECT * FROM unnest(${places})`,
        table.columns.map(({ name }) => rows.map((row) => asKept(row[name] ?? null))),
      );
    },
    has: async () => true,
    together: async (work) => {
      await ask("BEGIN ISOLATION LEVEL REPEATABLE READ");
      try {
        const value = await work();
        await ask("COMMIT");
        return value;
      } catch (error) {
        await ask("ROLLBACK").catch(() => {});
        throw error;
      }
    },
    settle: async (tables) => {
      for (const { name, key, columns } of tables) {
        const [only] = key;
        if (columns.find((column) => column.name === only)?.kind !== "whole") continue;
        // What has no numbers of its own has no sequence, and sets none.
        await ask(
          `SELECT setval(pg_get_serial_sequence($1, $2), highest) FROM (SELECT max("${only}") AS highest FROM "${name}") AS those
           WHERE highest IS NOT NULL`,
          [name, only],
        );
      }
    },
    leave: async (to) => {
      await ask(`CREATE TABLE public.${movedAway} AS SELECT $1::text AS "to"`, [to]);
    },
    leftFor: () =>
      movedTo(client).catch((error: unknown) => {
        throw plainError(broken ?? error);
      }),
    close: () => client.end(),
  };
};

/** "db.example.org/milepost": without user and password. */
export const nameOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return host + pathname;
};

const numbered = (sql: string): string => {
  let n = 0;
  return sql.replaceAll("?", () => `$${++n}`);
};

/** It takes no zero character. */
const asKept = (value: PlainValue): PlainValue =>
  typeof value === "string" ? value.replaceAll("\0", "␀") : value;
