import type { Botify } from "#connectors/botify/botify.ts";
import type { Job } from "#connectors/botify/job.ts";
import type { Query } from "#connectors/botify/query.ts";
import { AppError, toAppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import { Skip } from "#core/skip.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { goesOn } from "#workflows/botify-export/existing.ts";
import { orderAnew } from "#workflows/botify-export/order-anew.ts";
import type { Ordered } from "./create-job.ts";

type Context = WaitContext<ExportInput, { "create-job": Ordered }>;
type Ready = { exportId: string };

/**
 * Looks at the job until it is done. One run owns an export and looks; runs that joined it read the registry, and take it over when
 * its owner no longer goes on. Any word but success and failure keeps waiting and is shown as it is.
 */
export const waitForJob = (deps: ExportDeps): WaitOptions<ExportInput, { "create-job": Ordered }, Ready> => ({
  look: async (ctx) => {
    const { exportId } = ctx.results["create-job"];
    const row = await deps.exports.get(exportId);
    if (row === null) throw new AppError("not-found", "The export is no longer in the registry.", orderAnew);
    if (row.status === "ready" || (row.status === "doubted" && row.ownerRunId === ctx.runId)) {
      return row.ownerRunId === ctx.runId
        ? { done: { exportId } }
        : new Skip("The file is already saved here.", { exportId });
    }
    if (row.ownerRunId !== ctx.runId) {
      const joined = await watchOwner(deps, ctx, row);
      if (joined !== null) return joined;
    }
    return lookAtJob(deps, ctx, row);
  },
  everyMs: deps.lookEveryMs,
  maxEveryMs: 30_000,
  timeoutMs: 6 * 3_600_000,
  onCancel: async ({ results }) => {
    const row = await deps.exports.get(results["create-job"].exportId);
    return row?.jobId == null
      ? "Nothing is at work elsewhere."
      : `Botify cannot be told to stop a job, so job ${row.jobId} goes on there. Its file can still be fetched: retry this run.`;
  },
  whilePaused: "The export itself goes on at Botify.",
  detail: () => "Ready to be saved",
  weightMs: 120_000,
});

/** What the owner does, or null when this run has just become the owner. */
const watchOwner = async (
  { exports }: ExportDeps,
  ctx: Context,
  row: Export,
): Promise<Look<Ready> | null> => {
  const owner = await exports.owner(row.id);
  if (row.status === "failed")
    throw new AppError(
      "remote-failed",
      row.error ?? "The export that this run joined has failed.",
      orderAnew,
    );
  if (row.status === "deleted")
    throw new AppError("not-found", "The file of the export that this run joined was deleted.", orderAnew);
  if (goesOn(row, owner.state)) {
    return { waiting: `joined another run (${row.status})`, nextInMs: 2_000 };
  }
  if (!(await exports.takeOver(row.id, owner.runId, ctx.runId)))
    return { waiting: `joined another run (${row.status})`, nextInMs: 2_000 };
  ctx.log(`The run that ordered this export is ${owner.state ?? "gone"}; this run takes the export over.`);
  return null;
};

const lookAtJob = async (deps: ExportDeps, ctx: Context, row: Export): Promise<Look<Ready>> => {
  if (row.jobUrl === null) {
    throw new AppError("remote-odd", "The order of this export never reached Botify.", orderAnew);
  }
  const { botify } = await deps.connect(row.connectionId);
  const job = await botify.job(row.jobUrl, ctx.signal).catch((thrown) => unknownJob(deps, ctx, row, thrown));
  if (job.status !== row.remoteStatus) ctx.log(`Botify says ${job.status}.`);
  switch (job.outcome) {
    case "working":
      await deps.exports.update(row.id, ctx.runId, {
        status: "processing",
        remoteStatus: job.status,
        error: null,
      });
      return { waiting: job.status };
    case "done":
      await deps.exports.update(row.id, ctx.runId, {
        status: "done",
        remoteStatus: job.status,
        downloadUrl: job.downloadUrl?.href ?? null,
      });
      return { done: { exportId: row.id } };
    case "failed": {
      const reason = await reasonOf(botify, row, job, ctx.signal);
      await deps.exports.update(row.id, ctx.runId, {
        status: "failed",
        remoteStatus: job.status,
        error: reason,
      });
      throw new AppError("remote-failed", reason, {
        canPass: false,
        detail: JSON.stringify(job.raw, null, 2).slice(0, 4_000),
        wayOn: {
          back: "confirm",
          why: "to order it anew, or to an earlier step to change the columns and filters",
        },
      });
    }
    default:
      return job.outcome satisfies never;
  }
};

/** It is looked for a few times more; if that does not help, nobody is to be led to it again. */
const unknownJob = async (deps: ExportDeps, ctx: Context, row: Export, thrown: unknown): Promise<never> => {
  if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
  const sentence = `Botify does not know job ${row.jobId} any more; it may have been deleted there.`;
  await deps.exports.update(row.id, ctx.runId, { error: sentence });
  throw new AppError("not-found", sentence, { cause: thrown, wayOn: orderAnew.wayOn });
};

/** A failed job seldom says why; the same query asked directly does. */
const reasonOf = async (botify: Botify, row: Export, job: Job, signal: AbortSignal): Promise<string> => {
  const said = job.reason ?? "Botify gave no reason.";
  try {
    await botify.query({ org: row.org, project: row.project }, row.query as Query, signal, { size: 1 });
  } catch (error) {
    return `Botify failed to make the file. Asked directly, it refuses the query: ${toAppError(error).message}`;
  }
  return `Botify failed to make the file: ${said}`;
};
