import { pipeline, Readable } from "node:stream";
import { type Context, Hono } from "hono";
import type { Export } from "#core/exports.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerRefusal } from "#web/errors.tsx";
import { findExport } from "#web/find-export.ts";
import { attachment } from "./disposition.ts";
import { forSpreadsheets } from "./for-spreadsheets.ts";
import { rangeOf } from "./range.ts";

export type FileDeps = Pick<WebDeps, "store" | "files" | "clock" | "staticFiles" | "publicUrls">;

/** The saved file of an export, whole or in parts, and handing it once to each browser by itself. */
export const filePages = (deps: FileDeps) =>
  new Hono<WebEnv>()
    .get(routes.exportFile.pattern, async (c) => {
      return sendExport(deps, c, await findExport(deps.store, c.req.param("id")));
    })
    .get(routes.handOver.pattern, async (c) => {
      const row = await findExport(deps.store, c.req.param("id"));
      const { sessionId } = c.get("identity");
      const runId = c.req.query("run") ?? "";
      const first =
        c.req.method === "GET" &&
        row.status === "ready" &&
        sessionId !== null &&
        (await deps.store.accounts.handOver({ sessionId, runId, exportId: row.id }, deps.clock.now()));
      return first ? c.redirect(routes.exportFile.href({ id: row.id }), 302) : c.body(null, 204);
    });

/** The file of an export, as the query asks for it; 410 where it is not there. */
export const sendExport = async (
  deps: Pick<FileDeps, "files" | "staticFiles" | "publicUrls">,
  c: Context<WebEnv>,
  row: Export,
): Promise<Response> => {
  const size = row.status === "ready" && row.filePath !== null ? await deps.files.size(row.filePath) : null;
  if (size === null || row.filePath === null) return gone(deps, c, row);
  return c.req.query("for") === "spreadsheets"
    ? sendForSpreadsheets(deps, c, row, row.filePath, size)
    : sendFile(deps, c, row, row.filePath, size);
};

const gone = (deps: Pick<FileDeps, "staticFiles" | "publicUrls">, c: Context<WebEnv>, row: Export) => {
  const message =
    row.status === "ready"
      ? "The file is no longer on this server's disk, although nobody deleted it here. Export anew to have it again."
      : row.status === "deleted"
        ? "The file of this export was deleted. Export anew to have it again."
        : "This export has no file yet. Its run shows how far it is.";
  return answerRefusal(deps, c, 410, { code: "gone", message });
};

const sendFile = (
  { files }: Pick<FileDeps, "files">,
  c: Context<WebEnv>,
  row: Export,
  path: string,
  size: number,
): Response => {
  const etag = row.sha256 === null ? null : `"${row.sha256}"`;
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", attachment(row.fileName ?? `${row.id}.csv`));
  c.header("Accept-Ranges", "bytes");
  // Kept by nobody on the way, but a browser may ask whether its own copy still holds.
  c.header("Cache-Control", "private, no-cache");
  if (etag !== null) c.header("ETag", etag);
  if (etag !== null && namesTag(c.req.header("If-None-Match"), etag)) return c.body(null, 304);

  const condition = c.req.header("If-Range");
  const mayPart = c.req.method === "GET" && (condition === undefined || condition.trim() === etag);
  const range = mayPart ? rangeOf(c.req.header("Range"), size) : null;
  if (range === "unsatisfiable") {
    c.header("Content-Range", `bytes */${size}`);
    return c.body(null, 416);
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  c.header("Content-Length", String(end - start + 1));
  if (range !== null) c.header("Content-Range", `bytes ${start}-${end}/${size}`);
  const empty = c.req.method === "HEAD" || size === 0;
  return c.newResponse(empty ? null : bodyOf(files.open(path, start, end)), range === null ? 200 : 206);
};

/** Another file than the saved one, made on the way: it has no length, no hash and no parts. */
const sendForSpreadsheets = (
  { files }: Pick<FileDeps, "files">,
  c: Context<WebEnv>,
  row: Export,
  path: string,
  size: number,
): Response => {
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header(
    "Content-Disposition",
    attachment((row.fileName ?? `${row.id}.csv`).replace(/(\.csv)?$/i, ".excel.csv")),
  );
  c.header("Cache-Control", "private, no-cache");
  if (c.req.method === "HEAD") return c.body(null);
  const bytes = size === 0 ? Readable.from([]) : files.open(path, 0, size - 1);
  return c.newResponse(bodyOf(pipeline(bytes, forSpreadsheets(), () => undefined)));
};

const bodyOf = (bytes: Readable): ReadableStream => Readable.toWeb(bytes) as ReadableStream;

const namesTag = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag));
