import { createGeneratedApp } from "#apps/runtime/app.tsx";
import { loadAssets } from "#apps/runtime/assets.ts";
import { createIndexes, createTables } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { formOf } from "../setup/form-of.ts";
import { newDatabase } from "./new-database.ts";

const assets = await loadAssets();

export interface TestSite {
  db: AppDatabase;
  /** The clock's milliseconds; every look at it moves it on. */
  at: { now: number };
  errors: unknown[];
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form, as a browser without JavaScript would. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** Sends CSV as a program does. */
  sendText(path: string, csv: string | Uint8Array<ArrayBuffer>, type?: string): Promise<Response>;
  json(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  /** The same with headers, and the whole answer. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Adds a row by the data API and gives back its id. */
  add(table: string, row: Record<string, unknown>): Promise<string>;
}

export interface Answer {
  data: Record<string, unknown> & Record<string, unknown>[];
  total: number;
  limit: number;
  offset: number;
  error: { code: string; message: string; field?: string };
}

/** A generated app over a real database in memory, reached as HTTP would reach it. */
export const siteOf = (
  schema: AppSchema,
  base = "/",
  db: AppDatabase = newDatabase(),
  mayChange = true,
): TestSite => {
  createTables(db, schema);
  createIndexes(db, schema);
  const at = { now: Date.parse("2026-03-01T12:00:00Z") };
  const errors: unknown[] = [];
  let id = 0;
  const clock = {
    now: () => at.now++,
    newId: () => `00000000-0000-4000-8000-${String(++id).padStart(12, "0")}`,
  };
  const app = createGeneratedApp({
    ...{ schema, db, base, mayChange },
    assets,
    clock,
    onError: (error) => errors.push(error),
  });
  const request = async (path: string, init: RequestInit) =>
    app.request(`http://localhost${base}${path}`, init);
  const site: TestSite = {
    db,
    at,
    errors,
    get: (path, headers = {}) => request(path, { headers }),
    post: (path, form, headers = {}) => request(path, { method: "POST", headers, body: formOf(form) }),
    sendText: (path, csv, type = "text/csv") =>
      request(path, { method: "POST", headers: { "Content-Type": type }, body: csv }),
    ask: (method, path, body, headers = {}) =>
      request(path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    json: async (method, path, body) => {
      const answer = await site.ask(method, path, body);
      return { status: answer.status, body: (await answer.json()) as Answer };
    },
    add: async (table, row) => {
      const { status, body } = await site.json("POST", `api/db/${table}`, row);
      if (status !== 201) throw new Error(body.error.message);
      return String(body.data.id);
    },
  };
  return site;
};
