import { type DownloadOptions, downloadFile } from "#connectors/botify/download.ts";
import { FileGone } from "#connectors/botify/file-answer.ts";
import { downloadInPieces } from "#connectors/botify/kept-pieces.ts";
import { discardPartial } from "#connectors/botify/partial.ts";
import { AppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import { plural } from "#core/plural.ts";
import type { RetryPolicy } from "#core/retry.ts";
import { safePart } from "#core/safe-part.ts";
import { Skip } from "#core/skip.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { orderAnew } from "#workflows/botify-export/order-anew.ts";

export interface Saved {
  exportId: string;
  sizeBytes: number;
}

/** Where the files of an export lie, relative to the folder of exports. */
export const filesOf = (row: Export) => {
  const folder = [row.provider, row.org, row.project, row.analysis].map(safePart).join("/");
  const stamp = new Date(row.createdAt).toISOString().slice(0, 16).replace("T", "_").replace(":", "");
  const fileName = `${safePart(row.project)}_${safePart(row.analysis)}_${stamp}_${row.id.slice(-6)}.csv`;
  return { fileName, csv: `${folder}/${fileName}`, download: `${folder}/${fileName}.download.part` };
};

type Context = Pick<DoContext<ExportInput, object>, "runId" | "signal" | "log" | "progress" | "attempt">;

/** Saves the finished export here. Percent and speed are told when the length is known; a cut goes on where it stopped. */
export const saveFile = (deps: ExportDeps): DoOptions<ExportInput, { job: { exportId: string } }, Saved> => ({
  run: async (ctx) => {
    const { exportId } = ctx.results.job;
    const row = await deps.exports.get(exportId);
    if (row === null) throw new AppError("not-found", "The export is no longer in the registry.", orderAnew);
    if (row.status === "ready" || (row.status === "doubted" && row.ownerRunId === ctx.runId)) {
      const saved = { exportId, sizeBytes: row.sizeBytes ?? 0 };
      return row.ownerRunId === ctx.runId ? saved : new Skip("The file is already saved here.", saved);
    }
    // What was rejected before is another file, unless that is found out again.
    const fresh = row.error === null ? row : await deps.exports.update(exportId, ctx.runId, { error: null });
    return { exportId, sizeBytes: await fetchFile(deps, ctx, fresh) };
  },
  safeBecause:
    "The bytes that were already saved are kept; the download goes on behind them, and only if the file is still the same.",
  detail: ({ sizeBytes }) => `${sizeBytes.toLocaleString("en")} bytes`,
  weightMs: 10_000,
  retry: fetchRetry(deps),
});

/** At the pace of looks and as long as a wait bears with odd answers: a maintenance page comes at a download as well as at a look. */
export const fetchRetry = ({ lookEveryMs }: ExportDeps): RetryPolicy => ({
  attempts: 5,
  firstMs: lookEveryMs,
  factor: 2,
  maxMs: 6 * lookEveryMs,
  forMs: 24 * lookEveryMs,
});

/** Downloads an export's file, going on where it was cut; gives its size in bytes. */
export const fetchFile = async (
  { connect, exports, files, minimumFreeBytes }: ExportDeps,
  ctx: Context,
  row: Export,
): Promise<number> => {
  const { botify, token } = await connect(row.connectionId);
  const freshUrl = async () => freshLink(await botify.job(row.jobUrl ?? "", ctx.signal));
  const begunBefore = row.status === "downloading" || ctx.attempt > 1;
  await exports.update(row.id, ctx.runId, { status: "downloading" });
  try {
    const url = await freshUrl();
    await exports.update(row.id, ctx.runId, { downloadUrl: url.href });
    const options: DownloadOptions = {
      url,
      to: await files.place(filesOf(row).download),
      apiOrigin: botify.baseUrl.origin,
      token,
      freshUrl,
      minimumFreeBytes,
      signal: ctx.signal,
      onProgress: ({ doneBytes, totalBytes }) =>
        ctx.progress(doneBytes, totalBytes, `from ${url.host}`, "bytes"),
      // The first time there is nothing that it could go on from.
      ...(begunBefore ? { onAnew: (why) => ctx.log(`${why}; the download begins at its first byte.`) } : {}),
    };
    const { sizeBytes, receivedBytes, requests, lengthKnown } = await (files.pieces === null
      ? downloadFile(options)
      : downloadInPieces(options, {
          pieces: files.pieces,
          what: row.id,
          onTaken: (bytes) =>
            ctx.log(
              `${bytes} bytes that were fetched before came from the file storage; the download goes on behind them.`,
            ),
          onTrouble: (why) =>
            ctx.log(
              `${why} If this worker dies now, another one does not go on from what it has fetched.`,
              "warn",
            ),
        }));
    ctx.log(
      `Saved ${sizeBytes} bytes; ${receivedBytes} of them came just now, with ${plural(requests, "request")}.`,
    );
    if (!lengthKnown)
      ctx.log(
        "The server did not say how long the file is, so only its content can tell whether it is whole.",
        "warn",
      );
    return sizeBytes;
  } catch (thrown) {
    // Whoever took it over meanwhile says what it is.
    if (thrown instanceof AppError && thrown.code === "conflict") throw thrown;
    if (!(thrown instanceof FileGone)) {
      await exports.update(row.id, ctx.runId, { status: "done" });
      throw mayPass(thrown, row);
    }
    // It is not there any more, so nobody may be offered to join it.
    await exports.update(row.id, ctx.runId, { status: "failed", error: thrown.message });
    throw new AppError(thrown.code, thrown.message, { cause: thrown, ...orderAnew });
  }
};

/** Removes what was downloaded, here and where it was kept for other workers. */
export const discardDownload = async ({ files }: ExportDeps, row: Export): Promise<void> => {
  await discardPartial(await files.place(filesOf(row).download));
  await files.pieces?.remove(row.id);
};

/** An odd answer about a job that was done and understood: it may be another one at the next try. */
const mayPass = (thrown: unknown, { jobId }: Export): unknown => {
  if (!(thrown instanceof AppError) || !thrown.isOdd) return thrown;
  const { code, message, detail, retryAfterMs } = thrown;
  const options = { cause: thrown, canPass: true, ...(detail === undefined ? {} : { detail }) };
  return code === "not-found"
    ? new AppError(code, `Botify does not know job ${jobId} any more; it may have been deleted there.`, {
        ...options,
        wayOn: orderAnew.wayOn,
      })
    : new AppError(code, message, retryAfterMs === undefined ? options : { ...options, retryAfterMs });
};

const freshLink = ({ downloadUrl, status }: { downloadUrl: URL | null; status: string }): URL => {
  if (downloadUrl !== null) return downloadUrl;
  throw new FileGone(`The export has no download address any more; its state at Botify is ${status}.`);
};
