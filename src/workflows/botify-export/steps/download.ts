import { downloadFile } from "#connectors/botify/download.ts";
import { AppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import { safePart } from "#core/files.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";

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

/** Saves the finished export here. Percent and speed are told when the length is known; a cut goes on where it stopped. */
export const saveFile = ({
  connect,
  exports,
  files,
  minimumFreeBytes,
}: ExportDeps): DoOptions<ExportInput, { job: { exportId: string } }, Saved> => ({
  run: async (ctx) => {
    const { exportId } = ctx.results.job;
    const row = await exports.get(exportId);
    if (row === null) throw new AppError("not-found", "The export is no longer in the registry.");
    if (row.status === "ready") {
      const saved = { exportId, sizeBytes: row.sizeBytes ?? 0 };
      return row.ownerRunId === ctx.runId ? saved : new Skip("The file is already saved here.", saved);
    }
    const { botify, token } = await connect(row.connectionId);
    const freshUrl = async () => freshLink(await botify.job(row.jobUrl ?? "", ctx.signal));
    await exports.update(exportId, ctx.runId, { status: "downloading" });
    const url = await freshUrl();
    await exports.update(exportId, ctx.runId, { downloadUrl: url.href });
    const { sizeBytes, receivedBytes, requests, lengthKnown } = await downloadFile({
      url,
      to: await files.place(filesOf(row).download),
      apiOrigin: botify.baseUrl.origin,
      token,
      freshUrl,
      minimumFreeBytes,
      signal: ctx.signal,
      onProgress: ({ doneBytes, totalBytes }) =>
        ctx.progress(doneBytes, totalBytes, `from ${url.host}`, "bytes"),
    });
    ctx.log(
      `Saved ${sizeBytes} bytes; ${receivedBytes} of them came just now, with ${requests} request${requests === 1 ? "" : "s"}.`,
    );
    if (!lengthKnown)
      ctx.log("The server did not say how long the file is; the next step checks that it is whole.", "warn");
    return { exportId, sizeBytes };
  },
  safeBecause:
    "The bytes that were already saved are kept; the download goes on behind them, and only if the file is still the same.",
  detail: ({ sizeBytes }) => `${sizeBytes.toLocaleString("en")} bytes`,
  weightMs: 10_000,
});

const freshLink = ({ downloadUrl, status }: { downloadUrl: URL | null; status: string }): URL => {
  if (downloadUrl === null) {
    throw new AppError(
      "remote-odd",
      `The export has no download address any more; its state is ${status}. Go back to “Check rows and cost” and export anew.`,
    );
  }
  return downloadUrl;
};
