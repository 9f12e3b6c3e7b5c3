import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CrawlJournal, JournalJob } from "#core/crawl-journal.ts";
import { AppError } from "#core/errors.ts";
import { sandboxOrg } from "./analyses.ts";
import { ApiError } from "./api-error.ts";
import { type AnalysisRow, type Db, openReader } from "./database.ts";
import { writeExport } from "./export-file.ts";
import type { Faults } from "./faults.ts";
import { analysisOf, projectQuery, readQuery, toSql } from "./query-sql.ts";

const jobBody = z.looseObject({
  job_type: z.literal("export"),
  payload: z.looseObject({
    username: z.string(),
    project: z.string(),
    connector: z.literal("direct_download"),
    formatter: z.literal("csv"),
    formatter_config: z
      .looseObject({
        print_header: z.boolean().optional(),
        print_delimiter: z.boolean().optional(),
        delimiter: z
          .string()
          .length(1)
          .regex(/[^"\r\n]/)
          .optional(),
        header_format: z.enum(["verbose", "slug", "collection_slug"]).optional(),
      })
      .optional(),
    extra_config: z
      .looseObject({ compression: z.string().optional(), filetype: z.string().optional() })
      .optional(),
    export_size: z.int().min(1),
    query: projectQuery,
  }),
});

export interface JobRow {
  id: number;
  status: string;
  body: string;
  created_at: number;
  file: string | null;
  reason: string | null;
}

export interface Jobs {
  create(body: unknown): Promise<JobRow>;
  /** One that another process was given. */
  enter(job: JournalJob): void;
  /** Has its file written here too. */
  goOn(id: number): void;
  get(id: number): JobRow | null;
  list(filter: { project?: string; analysis?: string; jobType?: string }): JobRow[];
  close(): Promise<void>;
}

interface JobDeps {
  db: Db;
  dataDir: string;
  faults: Faults;
  now(): number;
  /** Numbers the jobs of several processes; null: this one is alone. */
  journal: CrawlJournal | null;
  /** From when this resolves the pages of an analysis are here, also where another process crawled them. */
  bring(project: string, analysis: string): Promise<void>;
}

const bringAgainMs = 1_000;

/** Export jobs: CREATED, then PROCESSING while the file is written in the background, then DONE or FAILED. A restart goes on with them. */
export const createJobs = (deps: JobDeps): Jobs => {
  const { db, dataDir, faults, now, journal } = deps;
  const folder = join(dataDir, "exports");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const control = new AbortController();
  const active = new Map<number, Promise<void>>();
  const get = (id: number): JobRow | null =>
    (db.prepare("SELECT * FROM jobs WHERE id = ?").get(id) as JobRow | undefined) ?? null;
  const set = (id: number, status: string, file: string | null, reason: string | null) =>
    db
      .prepare("UPDATE jobs SET status = ?, file = ?, reason = ?, done_at = ? WHERE id = ?")
      .run(status, file, reason, now(), id);

  const work = async (job: JobRow) => {
    await pause(faults.createdMs - (now() - job.created_at), control.signal);
    set(job.id, "PROCESSING", null, null);
    // Looked at anew each time, so that what is being waited for can be let go.
    const since = now();
    while (now() - since < faults.processingMs) await pause(10, control.signal);
    const { payload } = jobBody.parse(JSON.parse(job.body));
    await bringPages(payload.project, analysisOf(payload.query));
    if (faults.failJobs !== null) return void set(job.id, "FAILED", null, faults.failJobs);
    const file = `${job.id}.export`;
    await writeJob(deps, JSON.parse(job.body), join(folder, file), control.signal);
    set(job.id, "DONE", file, null);
  };
  /** However long the database is away: nothing is wrong with the job. */
  const bringPages = async (project: string, analysis: string): Promise<void> => {
    for (;;)
      try {
        return await deps.bring(project, analysis);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        await pause(bringAgainMs, control.signal);
      }
  };
  const begin = (job: JobRow) => {
    const working: Promise<void> = work(job)
      .catch((error: unknown) => {
        if (control.signal.aborted) return;
        set(job.id, "FAILED", null, error instanceof Error ? error.message : String(error));
      })
      // A full disk refuses even that: the job then stays as it is and the next start goes on with it.
      .catch(() => undefined)
      .finally(() => active.delete(job.id));
    active.set(job.id, working);
  };
  for (const job of db
    .prepare("SELECT * FROM jobs WHERE status IN ('CREATED', 'PROCESSING')")
    .all() as JobRow[])
    begin(job);

  return {
    get,
    enter: ({ id, body, createdAt }) => {
      db.prepare("INSERT OR IGNORE INTO jobs (id, status, body, created_at) VALUES (?, 'CREATED', ?, ?)").run(
        ...[id, body, createdAt],
      );
    },
    goOn: (id) => {
      const job = get(id);
      if (job?.status === "CREATED" && !active.has(id)) begin(job);
    },
    create: async (body) => {
      const read = jobBody.safeParse(body);
      if (!read.success)
        throw new ApiError(400, "1020", `Badly formatted request: ${z.prettifyError(read.error)}`);
      const { payload } = read.data;
      toSql(
        readQuery(payload.query),
        findAnalysis(db, payload.username, payload.project, analysisOf(payload.query)).id,
      );
      const at = now();
      const number = (await journal?.addJob(JSON.stringify(body), at)) ?? null;
      const { lastInsertRowid } = db
        .prepare("INSERT INTO jobs (id, status, body, created_at) VALUES (?, 'CREATED', ?, ?)")
        .run(number, JSON.stringify(body), at);
      const job = get(Number(lastInsertRowid));
      if (job === null) throw new Error("the job vanished");
      begin(job);
      return job;
    },
    list: ({ project, analysis, jobType }) =>
      (db.prepare("SELECT * FROM jobs ORDER BY id DESC").all() as JobRow[]).filter((job) => {
        const body = jobBody.parse(JSON.parse(job.body));
        return (
          (project === undefined || body.payload.project === project) &&
          (jobType === undefined || body.job_type === jobType) &&
          (analysis === undefined || analysisOf(body.payload.query) === analysis)
        );
      }),
    close: async () => {
      control.abort();
      await Promise.all(active.values());
    },
  };
};

/** The analysis of that name; ApiError 404 otherwise, as Botify says it. */
export const findAnalysis = (db: Db, org: string, project: string, slug: string): AnalysisRow => {
  findProject(db, org, project);
  const row = db
    .prepare("SELECT * FROM analyses WHERE org = ? AND project = ? AND slug = ?")
    .get(org, project, slug) as AnalysisRow | undefined;
  if (row === undefined) throw new ApiError(404, "1004", `Analysis ${slug} not found.`);
  return row;
};

export const findProject = (db: Db, org: string, project: string): void => {
  const there =
    org === sandboxOrg &&
    db.prepare("SELECT 1 FROM analyses WHERE project = ? LIMIT 1").get(project) !== undefined;
  if (!there) throw new ApiError(404, "1010", `Project ${org}/${project} not found.`);
};

const writeJob = async (
  { db, dataDir, faults }: JobDeps,
  body: unknown,
  to: string,
  signal: AbortSignal,
): Promise<void> => {
  const { payload } = jobBody.parse(body);
  const slug = analysisOf(payload.query);
  const config = payload.formatter_config;
  const wantsZip = payload.extra_config?.compression === "zip" || payload.extra_config?.filetype === "zip";
  const reader = openReader(dataDir);
  try {
    await writeExport(reader, {
      query: toSql(payload.query, findAnalysis(db, payload.username, payload.project, slug).id),
      exportRows: payload.export_size,
      header: config?.print_header === false ? null : (config?.header_format ?? "verbose"),
      delimiter: config?.delimiter ?? ",",
      signal,
      delimiterLine: faults.sepLine || config?.print_delimiter !== false,
      collection: `crawl.${slug}`,
      format: faults.format === "gzip" && wantsZip ? "zip" : faults.format,
      to,
    });
  } finally {
    reader.close();
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
