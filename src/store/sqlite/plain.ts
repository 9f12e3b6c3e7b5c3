import Database from "better-sqlite3";
import { columnsOf, inOrder, type Plain, type PlainRow, type PlainValue } from "#store/plain.ts";

const mostRows = 500;

/** `looks`: changes nothing, and a server may use it meanwhile. Otherwise nobody else may. */
export const openPlain = (file: string, { looks }: { looks: boolean }): Plain => {
  const client = new Database(file, { readonly: looks, fileMustExist: true });
  if (!looks) {
    client.pragma("synchronous = FULL");
    // What was sealed by a key that somebody else may know must not stay behind in free pages.
    client.pragma("secure_delete = ON");
    client.pragma("foreign_keys = OFF");
    client.function("lower", { deterministic: true }, (value) =>
      typeof value === "string" ? value.toLowerCase() : value,
    );
  }
  const rows = async (sql: string, values: readonly PlainValue[] = []): Promise<PlainRow[]> => {
    const statement = client.prepare(sql);
    if (statement.reader) return statement.all(...values) as PlainRow[];
    statement.run(...values);
    return [];
  };
  return {
    called: file,
    rows,
    pages: async function* (table) {
      const booleans = table.columns.filter(({ kind }) => kind === "boolean").map(({ name }) => name);
      let page: PlainRow[] = [];
      const all = client.prepare(`SELECT ${columnsOf(table)} FROM "${table.name}"${inOrder(table)}`);
      for (const row of all.iterate() as Iterable<PlainRow>) {
        for (const name of booleans) row[name] = row[name] === null ? null : row[name] === 1;
        page.push(row);
        if (page.length < mostRows) continue;
        yield page;
        page = [];
      }
      yield page;
    },
    put: async (table, all) => {
      const places = table.columns.map(() => "?").join(", ");
      const insert = client.prepare(`INSERT INTO "${table.name}" (${columnsOf(table)}) VALUES (${places})`);
      for (const row of all) insert.run(...table.columns.map(({ name }) => asKept(row[name] ?? null)));
    },
    has: async (table, column) =>
      client.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined,
    together: async (work) => {
      client.exec(looks ? "BEGIN" : "BEGIN IMMEDIATE");
      try {
        const value = await work();
        client.exec("COMMIT");
        return value;
      } catch (error) {
        if (client.inTransaction) client.exec("ROLLBACK");
        throw error;
      }
    },
    settle: async () => {
      const broken = client.pragma("foreign_key_check") as unknown[];
      if (broken.length > 0) throw new Error(`Rows refer to nothing: ${JSON.stringify(broken.slice(0, 3))}`);
    },
    leave: async () => {
      throw new Error("A file that is left is set aside by who leaves it.");
    },
    leftFor: async () => null,
    close: async () => {
      if (!looks) client.pragma("wal_checkpoint(TRUNCATE)");
      client.close();
    },
  };
};

const asKept = (value: PlainValue): string | number | null =>
  typeof value === "boolean" ? Number(value) : value;
