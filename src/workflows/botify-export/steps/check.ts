import { buffer } from "node:stream/consumers";
import type { UnpackedCsv } from "#connectors/botify/unpack.ts";
import { unpackApart } from "#connectors/botify/unpack-apart.ts";
import { AppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import { Skip } from "#core/skip.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { doubtsOf, emptySentence, endSentence, type Ordered } from "#workflows/botify-export/doubts.ts";
import { orderAnew } from "#workflows/botify-export/order-anew.ts";
import { discardDownload, fetchFile, fetchRetry, filesOf, type Saved } from "./download.ts";

export interface Checked {
  exportId: string;
  rows: number;
  fileName: string;
  expectedRows: number | null;
  /** Why a person has to say whether it is kept, a sentence each; none of a file that is as it should be. */
  doubts: string[];
}

type Before = Ordered & { download: Saved };

/** No CSV of a million rows comes near these; an archive that was made to fill a disk does. */
const maxBytes = 20_000_000_000;
const maxRatio = 200;

/**
 * Unpacks what came, counts its rows against the count from before, and enters the file in the registry. A file that is no export is
 * removed, so that trying again fetches it anew; one that holds other than it should is kept for a person to decide.
 */
export const checkFile = (deps: ExportDeps): DoOptions<ExportInput, Before, Checked> => ({
  run: async (ctx) => {
    const { exports, files } = deps;
    const row = await exports.get(ctx.results.download.exportId);
    if (row === null) throw new AppError("not-found", "The export is no longer in the registry.", orderAnew);
    const doubtsBefore = row.status === "doubted" && row.error !== null ? [row.error] : [];
    if (row.status === "ready" || row.status === "doubted") {
      // This run's own work, cut off before it was noted, counts as done; another run's is not claimed.
      const before = checked(row, doubtsBefore);
      return row.ownerRunId === ctx.runId
        ? before
        : new Skip("The file was unpacked and checked before.", before);
    }
    const names = filesOf(row);
    if ((await files.size(names.download)) === null) {
      const what = row.error === null ? "is not on this machine's disk" : "was no good and is gone";
      ctx.log(`What was downloaded before ${what}, so the file is fetched again.`);
      await fetchFile(deps, ctx, row);
    }
    const unpacked = await unpack(deps, ctx, row);
    const { oddEnd } = unpacked;
    const usual = oddEnd?.why === "open" && (await endsOpen(deps, row.connectionId));
    if (oddEnd !== null && usual)
      ctx.log(`${endSentence(oddEnd)} The last export from there that was kept ended so too.`, "warn");
    const doubts = doubtsOf(usual ? { ...unpacked, oddEnd: null } : unpacked, ctx.results, row.expectedRows);
    for (const doubt of doubts) ctx.log(doubt, "warn");
    await files.keep(names.csv, ctx.signal);
    const kept = await exports.update(row.id, ctx.runId, {
      status: doubts.length === 0 ? "ready" : "doubted",
      filePath: names.csv,
      fileName: names.fileName,
      sizeBytes: unpacked.sizeBytes,
      rows: unpacked.rows,
      sha256: unpacked.sha256,
      header: unpacked.header,
      preview: unpacked.preview,
      readyAt: ctx.now(),
      error: doubts.length === 0 ? null : doubts.join(" "),
    });
    await discardDownload(deps, row);
    return checked(kept, doubts);
  },
  safeBecause:
    "The downloaded file is still there or can be fetched once more, and unpacking it again gives the same file.",
  undo: async ({ result, log }) => {
    const { exports, files } = deps;
    const row = result === undefined ? null : await exports.get(result.exportId);
    if (row?.filePath == null) return log("There is no saved file any more.");
    await files.remove(row.filePath);
    await exports.markDeleted(row.id);
    log(`Deleted ${row.fileName}.`);
  },
  detail: ({ fileName, rows, expectedRows }) =>
    // What an undo deletes is told by this line, so the file is named.
    `${fileName}: ${rows.toLocaleString("en")} rows${
      expectedRows === null
        ? ""
        : expectedRows === rows
          ? ", as counted before"
          : `, but ${expectedRows.toLocaleString("en")} were counted before`
    }`,
  weightMs: 5_000,
  retry: fetchRetry(deps),
});

const checked = (row: Export, doubts: string[]): Checked => ({
  exportId: row.id,
  rows: row.rows ?? 0,
  fileName: row.fileName ?? "",
  expectedRows: row.expectedRows,
  doubts,
});

/**
 * Whether a server ends its files without a line break: of itself that is no fault, so who kept one is not asked about it again. Only the newest
 * file that was kept is looked at, and only where it is among the last exports of all.
 */
const endsOpen = async ({ exports, files }: ExportDeps, connectionId: string): Promise<boolean> => {
  const { rows } = await exports.list({ status: "ready", limit: recent });
  const last = rows.find((row) => row.connectionId === connectionId && row.filePath !== null);
  if (last?.filePath == null || last.sizeBytes === null || last.sizeBytes === 0) return false;
  if ((await files.size(last.filePath)) !== last.sizeBytes) return false;
  const end = await buffer(files.open(last.filePath, last.sizeBytes - 1, last.sizeBytes - 1));
  return end[0] !== 0x0a && end[0] !== 0x0d;
};

const recent = 100;

type Context = DoContext<ExportInput, Before>;

/** The downloaded file stays until the check is over, so that whoever is cut off here need not fetch it again. */
const unpack = async (deps: ExportDeps, ctx: Context, row: Export): Promise<UnpackedCsv> => {
  const { errands, exports, files } = deps;
  const names = filesOf(row);
  try {
    const unpacked = await unpackApart(errands, {
      from: await files.place(names.download),
      to: await files.place(names.csv),
      signal: ctx.signal,
      maxBytes,
      maxRatio,
      onProgress: ({ doneBytes, totalBytes }) => ctx.progress(doneBytes, totalBytes, "unpacked", "bytes"),
    });
    tell(ctx, unpacked);
    return unpacked;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || (thrown.code !== "remote-odd" && thrown.code !== "too-large"))
      throw thrown;
    await discardDownload(deps, row);
    const before = row.error !== null;
    await exports.update(row.id, ctx.runId, { status: "done", error: thrown.message });
    const { code, message, detail } = thrown;
    if (before)
      throw new AppError(code, `${message} It was so when it was fetched before, too.`, {
        detail,
        ...orderAnew,
      });
    throw new AppError(code, `${message} It is gone from here; trying again fetches it anew.`, { detail });
  }
};

const tell = ({ log }: Context, unpacked: UnpackedCsv): void => {
  const { format, rows, sha256, encoding, joined, otherMembers, leftBytes, writtenWith, emptyParts } =
    unpacked;
  log(`Unpacked as ${format}: ${rows} rows, sha256 ${sha256}.`);
  if (encoding !== null) log(`It was written in ${encoding}, and is kept in UTF-8.`);
  if (writtenWith !== null)
    log(`It was written with ${writtenWith}, and is kept with commas and usual line breaks.`);
  if (emptyParts.length > 0) log(emptySentence(emptyParts), "warn");
  if (joined.length > 0) log(`The archive holds it in parts, which were joined: ${joined.join(", ")}.`);
  for (const other of otherMembers) log(`The archive also holds ${other}, which was left alone.`, "warn");
  if (leftBytes > 0)
    log(`Behind the end of the packed file ${leftBytes} bytes follow that belong to nothing.`, "warn");
};
