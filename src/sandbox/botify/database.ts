import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

export type Db = Database.Database;

export interface AnalysisRow {
  id: number;
  org: string;
  project: string;
  slug: string;
  name: string;
  url: string;
  status: string;
  launched_at: string;
  finished_at: string | null;
  urls_done: number;
  /** Known and not read, because the crawl was to end before. */
  urls_in_queue: number;
}

const tables = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS analyses (
    id INTEGER PRIMARY KEY, org TEXT NOT NULL, project TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL,
    status TEXT NOT NULL, launched_at TEXT NOT NULL, finished_at TEXT, urls_done INTEGER NOT NULL, UNIQUE (org, project, slug));
  CREATE TABLE IF NOT EXISTS pages (
    analysis_id INTEGER NOT NULL REFERENCES analyses (id), url TEXT NOT NULL, depth INTEGER, http_code INTEGER, content_type TEXT,
    title TEXT, description TEXT, h1 TEXT, canonical TEXT, canonical_equal INTEGER, noindex INTEGER NOT NULL, redirect_to TEXT,
    inlinks INTEGER NOT NULL, outlinks INTEGER NOT NULL, compliant INTEGER NOT NULL, main_reason TEXT, byte_size INTEGER,
    load_time INTEGER, crawled_at TEXT NOT NULL, PRIMARY KEY (analysis_id, url)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pages_by_depth ON pages (analysis_id, depth);
  CREATE TABLE IF NOT EXISTS links (
    analysis_id INTEGER NOT NULL REFERENCES analyses (id), from_url TEXT NOT NULL, to_url TEXT NOT NULL,
    PRIMARY KEY (analysis_id, from_url, to_url)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL,
    file TEXT, reason TEXT, done_at INTEGER);
  CREATE TABLE IF NOT EXISTS crawls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, url TEXT NOT NULL, state TEXT NOT NULL, pages_done INTEGER NOT NULL, pages_known INTEGER NOT NULL,
    error TEXT, project TEXT, analysis TEXT, options TEXT NOT NULL);
`;

/** Everything the server knows, in one file of its own. */
export const openDatabase = (dataDir: string): Db => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const db = new Database(join(dataDir, "botify.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  if (db.pragma("synchronous", { simple: true }) !== 2) throw new Error("SQLite refused synchronous=FULL");
  db.exec(tables);
  for (const [table, columns] of Object.entries(laterColumns)) addColumns(db, table, columns);
  return db;
};

/** What tables of earlier versions lack. */
const laterColumns = {
  analyses: { urls_in_queue: "INTEGER NOT NULL DEFAULT 0" },
  pages: {
    wire_bytes: "INTEGER",
    nofollow: "INTEGER NOT NULL DEFAULT 0",
    outlinks_total: "INTEGER",
    hreflang: "TEXT",
    cut: "TEXT",
  },
  links: { nofollow: "INTEGER NOT NULL DEFAULT 0" },
} as const;

export const addColumns = (db: Db, table: string, columns: Readonly<Record<string, string>>): void => {
  const there = new Set((db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name));
  for (const [name, type] of Object.entries(columns))
    if (!there.has(name)) db.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
};

/** A second connection for reading a long result while the first goes on. */
export const openReader = (dataDir: string): Db => {
  const db = new Database(join(dataDir, "botify.sqlite"), { readonly: true });
  let last = { pattern: "", compiled: /(?:)/u };
  db.function("regexp", { deterministic: true }, (pattern, text) => {
    if (text === null) return 0;
    if (pattern !== last.pattern)
      last = { pattern: String(pattern), compiled: new RegExp(String(pattern), "u") };
    return last.compiled.test(String(text)) ? 1 : 0;
  });
  return db;
};

export const setting = (db: Db, name: string): string | null =>
  (db.prepare("SELECT value FROM settings WHERE name = ?").get(name) as { value: string } | undefined)
    ?.value ?? null;

export const keepSetting = (db: Db, name: string, value: string): void => {
  db.prepare(
    "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  ).run(name, value);
};
