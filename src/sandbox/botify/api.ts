import { Hono } from "hono";
import { sandboxOrg } from "./analyses.ts";
import { ApiError } from "./api-error.ts";
import type { AnalysisRow, Db } from "./database.ts";
import type { Faults } from "./faults.ts";
import { crawlFields } from "./fields.ts";
import { findAnalysis, findProject } from "./jobs.ts";
import { analysisOf, readQuery, type SqlQuery, toSql } from "./query-sql.ts";
import { TookTooLong, within } from "./time-limit.ts";

interface ApiDeps {
  db: Db;
  reader: Db;
  token: string;
  faults: Faults;
  now(): number;
}

/** Who calls, how often, and what a test wants to go wrong: before every call. */
export const guard = ({ token, faults, now }: Pick<ApiDeps, "token" | "faults" | "now">): Hono => {
  const app = new Hono();
  let calls: number[] = [];
  app.use("*", async (c, next) => {
    if (faults.htmlInsteadOfJson) return c.html("<h1>Bad gateway</h1>", 502);
    if (faults.unauthorized || c.req.header("authorization") !== `Token ${token}`)
      throw new ApiError(401, "1001", "Not authorized");
    calls = calls.filter((at) => at > now() - 1_000);
    if (faults.tooMany > 0 || (faults.callsPerSecond !== null && calls.length >= faults.callsPerSecond)) {
      faults.tooMany = Math.max(0, faults.tooMany - 1);
      throw new ApiError(429, "1053", "Too many requests");
    }
    calls.push(now());
    await next();
  });
  return app;
};

/** What can be read: profile, projects, analyses, collections and queries. */
export const readApi = ({ db, reader }: Pick<ApiDeps, "db" | "reader">): Hono => {
  const app = new Hono();
  const project = (org: string, slug: string) => ({
    name: slug,
    slug,
    organization: { slug: org },
    user: { login: org },
  });

  app.get("/authentication/profile", (c) => c.json({ data: { username: sandboxOrg } }));
  for (const path of ["/projects/:org", "/users/:org/projects"]) {
    app.get(path, (c) => {
      const org = c.req.param("org") ?? "";
      const rows =
        org === sandboxOrg
          ? (db.prepare("SELECT DISTINCT project FROM analyses ORDER BY project").all() as {
              project: string;
            }[])
          : [];
      return c.json(
        page(
          rows.map((row) => project(org, row.project)),
          c.req.url,
        ),
      );
    });
  }
  for (const path of ["/analyses/:org/:project/light", "/analyses/:org/:project"]) {
    app.get(path, (c) => {
      const { org, project: slug } = c.req.param() as { org: string; project: string };
      findProject(db, org, slug);
      const all = db
        .prepare("SELECT * FROM analyses WHERE org = ? AND project = ? ORDER BY id DESC")
        .all(org, slug) as AnalysisRow[];
      const shown =
        c.req.query("only_success") === "false" ? all : all.filter((row) => row.status === "success");
      return c.json(page(shown.map(analysis), c.req.url));
    });
  }
  app.get("/analyses/:org/:project/:analysis", (c) =>
    c.json(analysis(findAnalysis(db, c.req.param("org"), c.req.param("project"), c.req.param("analysis")))),
  );
  app.get("/projects/:org/:project/collections", (c) => {
    const { org, project: slug } = c.req.param();
    findProject(db, org, slug);
    const all = db
      .prepare("SELECT * FROM analyses WHERE org = ? AND project = ? AND status = 'success' ORDER BY id DESC")
      .all(org, slug) as AnalysisRow[];
    return c.json(
      all.map((row) => ({
        id: `crawl.${row.slug}`,
        name: row.name,
        date: row.launched_at.slice(0, 10),
        timestamped: false,
      })),
    );
  });
  app.get("/projects/:org/:project/collections/:collection", (c) => {
    const { org, project: slug, collection } = c.req.param();
    findAnalysis(
      db,
      org,
      slug,
      analysisOf({ collections: [collection], query: { dimensions: [], metrics: [] } }),
    );
    const fields = crawlFields.map(({ id, name, type, group, multiple }) => ({
      id: `${collection}.${id}`,
      name,
      type,
      subtype: null,
      kind: "field",
      group,
      multiple,
      permissions: ["select", "filter"],
      optional: false,
      deprecated: false,
    }));
    return c.json({ datasets: [{ id: collection, name: collection, groups: [], fields }], metadata: {} });
  });
  app.post("/projects/:org/:project/query", async (c) => {
    const { org, project: slug } = c.req.param();
    const query = readQuery(await c.req.json().catch(() => null));
    const sql = toSql(query, findAnalysis(db, org, slug, analysisOf(query)).id);
    const size = Math.min(2_000, positive(c.req.query("size"), 500));
    const number = positive(c.req.query("page"), 1);
    const statement = reader.prepare(`${sql.sql} LIMIT ? OFFSET ?`).raw();
    const rows = inTime(() => statement.all(...sql.params, size + 1, (number - 1) * size) as unknown[][]);
    const results = rows.slice(0, size).map((row) => resultOf(row, sql));
    return c.json({
      results,
      page: number,
      size,
      previous: number > 1 ? pageUrl(c.req.url, number - 1) : null,
      next: rows.length > size ? pageUrl(c.req.url, number + 1) : null,
    });
  });
  return app;
};

const analysis = (row: AnalysisRow) => ({
  pk: row.id,
  slug: row.slug,
  name: row.name,
  friendly_name: null,
  url: row.url,
  status: row.status,
  // Botify sends these two as texts.
  urls_done: String(row.urls_done),
  urls_in_queue: String(row.urls_in_queue),
  date_launched: row.launched_at,
  date_finished: row.finished_at,
  date_created: row.launched_at,
  to_be_deleted_at: null,
});

/** A query holds the whole process while it runs, so it may not run long. */
const longestQueryMs = 3_000;

const inTime = <T>(run: () => T): T => {
  try {
    return within(longestQueryMs, run);
  } catch (error) {
    if (error instanceof TookTooLong)
      throw new ApiError(
        400,
        "1044",
        "The query cannot be executed: it takes too long. Use a simpler pattern.",
      );
    throw error;
  }
};

const resultOf = (row: readonly unknown[], { dimensions }: SqlQuery) => ({
  dimensions: dimensions.map((field, index) => cellOf(row[index], field.type, field.multiple)),
  metrics: row.slice(dimensions.length).map((value) => value ?? 0),
});

const cellOf = (value: unknown, type: string, multiple: boolean): unknown => {
  if (value === null || value === undefined) return null;
  if (multiple) return JSON.parse(String(value));
  return type === "boolean" ? value === 1 : value;
};

const positive = (text: string | undefined, usual: number): number => {
  const value = Number(text ?? usual);
  if (!Number.isInteger(value) || value < 1)
    throw new ApiError(400, "1020", "page and size must be positive numbers.");
  return value;
};

const pageUrl = (url: string, number: number): string => {
  const next = new URL(url);
  next.searchParams.set("page", String(number));
  return next.href;
};

/** Botify's envelope of a list. */
export const page = <T>(all: readonly T[], url: string) => {
  const params = new URL(url).searchParams;
  const size = Math.min(100, positive(params.get("size") ?? undefined, 10));
  const number = positive(params.get("page") ?? undefined, 1);
  const results = all.slice((number - 1) * size, number * size);
  return {
    count: all.length,
    page: number,
    size,
    previous: number > 1 ? pageUrl(url, number - 1) : null,
    next: number * size < all.length ? pageUrl(url, number + 1) : null,
    results,
  };
};
