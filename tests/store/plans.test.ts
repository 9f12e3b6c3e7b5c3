import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Db } from "#store/dialect.ts";
import { storeOn } from "#store/sqlite/open.ts";
import { everyQuery } from "./every-query.ts";
import { fillRuns } from "./fill.ts";
import { openInMemory } from "./in-memory.ts";
import { handClock } from "./samples.ts";

/** The most rows that a statement gave at once, by its text. */
type Asked = Map<string, number>;

/** Asks everything of a store with so many runs; gives every statement that was prepared. */
const askAll = async (client: Database.Database, db: Db, runs: number): Promise<Asked> => {
  const asked: Asked = new Map();
  const prepare = Database.prototype.prepare;
  const spy = vi.spyOn(Database.prototype, "prepare").mockImplementation(function (
    this: Database.Database,
    sql,
  ) {
    const statement = prepare.call(this, sql);
    asked.set(sql, asked.get(sql) ?? 0);
    const all = statement.all.bind(statement) as (...given: unknown[]) => unknown[];
    statement.all = (...given: unknown[]) => {
      const rows = all(...given);
      asked.set(sql, Math.max(asked.get(sql) ?? 0, rows.length));
      return rows;
    };
    return statement;
  });
  try {
    const store = storeOn({ client, db, release: () => {} }, { now: handClock().now, random: randomBytes });
    await everyQuery(store, runs);
  } finally {
    spy.mockRestore();
  }
  return asked;
};

describe("with 100,000 runs in the store", () => {
  const { client, db } = openInMemory();
  let asked: Asked;
  beforeAll(async () => {
    fillRuns(client, 100_000);
    asked = await askAll(client, db, 100_000);
    return () => void client.close();
  });

  it("no query walks through a table or sorts what it found", () => {
    const tables = client.prepare("SELECT name FROM pragma_table_list").pluck().all();
    const walks = [...asked.keys()].flatMap((sql) =>
      client
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...(sql.match(/\?/g) ?? []).map(() => null))
        .map(({ detail }) => detail)
        .filter((detail) => {
          const [, table] = /^SCAN (\S+)(?! VIRTUAL TABLE INDEX \d+:M)/.exec(detail) ?? [];
          return detail.includes("TEMP B-TREE") || tables.includes(table);
        })
        .map((detail) => `${detail}: ${sql}`),
    );
    expect(asked.size).toBeGreaterThan(60);
    expect(walks).toEqual([]);
  });

  it("no query is planned anew with what it is given", () => {
    expect([...asked.keys()].filter((sql) => / (=|limit|offset) \?/i.test(sql))).toEqual([]);
  });

  it("no query brings more rows than a page or what is under way", () => {
    expect([...asked].filter(([, rows]) => rows > 100)).toEqual([]);
    expect(Math.max(...asked.values())).toBeGreaterThan(20);
  });
});
