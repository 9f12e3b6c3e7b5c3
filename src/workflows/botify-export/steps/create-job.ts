import type { Botify } from "#connectors/botify/botify.ts";
import type { Job } from "#connectors/botify/job.ts";
import { countsExactly, type JobRequest } from "#connectors/botify/query.ts";
import { canonicalJson } from "#connectors/botify/query-hash.ts";
import type { Export, NewExport } from "#core/exports.ts";
import { Skip } from "#core/skip.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { goesOn } from "#workflows/botify-export/existing.ts";
import { type Choices, orderOf } from "#workflows/botify-export/order.ts";
import type { Confirmed } from "./confirm.ts";

export interface Ordered {
  exportId: string;
  jobId: string | null;
}

type Context = DoContext<ExportInput, Choices & { confirm: Confirmed }>;

/**
 * Orders the export. The registry row is written before anything is asked of Botify, so that the job is known whatever happens;
 * a row whose request may have got through is looked up in Botify's own list of jobs before anything is asked again.
 */
export const createJob = (
  deps: ExportDeps,
): DoOptions<ExportInput, Choices & { confirm: Confirmed }, Ordered> => ({
  run: async (ctx) => {
    const row = await reserve(deps, ctx);
    if (row.ownerRunId !== ctx.runId) {
      return new Skip(
        row.status === "ready"
          ? "The file of this very query is already here."
          : "Another run has ordered this very export; this run joins it.",
        ordered(row),
      );
    }
    if (row.jobId !== null) return ordered(row);
    const { botify } = await deps.connect(ctx.input.connectionId);
    const found = row.postedAt === null ? null : await lookForJob(botify, row, ctx.signal);
    if (found !== null) return ordered(await remember(deps, ctx, row, found));
    await deps.exports.update(row.id, ctx.runId, { postedAt: ctx.now() });
    const job = await botify.createJob(named(orderOf(ctx.results).job, row.id), ctx.signal);
    ctx.log(`Botify accepted the export as job ${job.id}.`);
    return ordered(await remember(deps, ctx, row, job));
  },
  whenInterrupted: async (ctx) => {
    const row = await reserve(deps, ctx);
    if (row.jobId !== null) {
      return {
        happened: true,
        result: ordered(row),
        checked: `The registry already knows the job ${row.jobId}.`,
      };
    }
    if (row.ownerRunId !== ctx.runId || row.postedAt === null) {
      return { happened: false, checked: "The registry says that nothing was asked of Botify yet." };
    }
    const { botify } = await deps.connect(ctx.input.connectionId);
    const found = await lookForJob(botify, row, ctx.signal);
    if (found === null)
      return { happened: false, checked: "Botify's list of jobs does not hold this export." };
    return {
      happened: true,
      result: ordered(await remember(deps, ctx, row, found)),
      checked: `Botify's list of jobs holds this export as job ${found.id}.`,
    };
  },
  detail: ({ jobId }) => (jobId === null ? "Joined" : `Job ${jobId}`),
  weightMs: 2_000,
});

/** The row of this very export. One whose run ended before it knew of a job is taken over: nobody else will order it. */
const reserve = async (deps: ExportDeps, ctx: Context): Promise<Export> => {
  const { project, analysis, depth, columns, confirm } = ctx.results;
  const { query, hash } = orderOf(ctx.results);
  const want: NewExport = {
    provider: "botify",
    connectionId: ctx.input.connectionId,
    org: project.org,
    project: project.project,
    analysis: analysis.slug,
    title: `${project.project} · ${analysis.title} · ${depth.maxDepth === null ? "all URLs" : `depth ≤ ${depth.maxDepth}`}`,
    queryHash: hash,
    query,
    expectedRows: countsExactly(columns.fields) ? confirm.rows : null,
  };
  const { row } = await deps.exports.reserve(want, ctx.runId, confirm.anewAt);
  if (row.ownerRunId === ctx.runId || row.jobId !== null) return row;
  const owner = await deps.exports.owner(row.id);
  if (goesOn(row, owner.state) || !(await deps.exports.takeOver(row.id, owner.runId, ctx.runId))) return row;
  return { ...row, ownerRunId: ctx.runId };
};

const remember = (deps: ExportDeps, ctx: Context, row: Export, job: Job): Promise<Export> =>
  deps.exports.update(row.id, ctx.runId, {
    status: "created",
    jobId: job.id,
    jobUrl: job.url,
    remoteStatus: job.status,
  });

const ordered = (row: Export): Ordered => ({ exportId: row.id, jobId: row.jobId });

const nameOf = (exportId: string): string => `Milepost ${exportId}`;

/** The job with a name of ours, by which it is found again after a lost answer. */
const named = (job: JobRequest, exportId: string): JobRequest => ({
  ...job,
  payload: { ...job.payload, export_job_name: nameOf(exportId) },
});

/** Two clocks may differ by this much. */
const clockSkewMs = 10 * 60_000;

/** Our job in Botify's list: by its name, or where the list drops the name, by its query and time. */
const lookForJob = (botify: Botify, row: Export, signal: AbortSignal): Promise<Job | null> => {
  const query = canonicalJson(row.query);
  const earliest = (row.postedAt ?? row.createdAt) - clockSkewMs;
  return botify.findJob(
    { project: row.project, jobType: "export" },
    (job) => {
      const payload = payloadOf(job);
      if (payload.name !== null) return payload.name === nameOf(row.id);
      const at = job.createdAt === null ? Number.NaN : Date.parse(job.createdAt);
      return canonicalJson(payload.query) === query && !(at < earliest);
    },
    signal,
  );
};

const payloadOf = ({ payload }: Job): { name: string | null; query: unknown } => {
  if (typeof payload !== "object" || payload === null) return { name: null, query: null };
  const name = "export_job_name" in payload ? payload.export_job_name : null;
  return { name: typeof name === "string" ? name : null, query: "query" in payload ? payload.query : null };
};
