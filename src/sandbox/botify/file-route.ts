import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Faults } from "./faults.ts";

/** Links live this long. */
const linkLifeMs = 3_600_000;

export interface Links {
  /** A link to a job's file that works for an hour and needs no token. */
  make(file: string, origin: string): string;
  works(file: string, expires: string, signature: string): boolean;
  /** Ends all links that were given out so far. */
  expireAll(): void;
}

/** Signed links: only the query changes between two links to one file, so that a download can go on with a fresh one. */
export const createLinks = (key: string, now: () => number): Links => {
  let generation = 0;
  const sign = (file: string, expires: string) =>
    createHmac("sha256", key).update(`${generation}/${file}/${expires}`).digest("base64url");
  return {
    make: (file, origin) => {
      const expires = String(now() + linkLifeMs);
      return `${origin}/files/${file}/export.csv.gz?expires=${expires}&signature=${sign(file, expires)}`;
    },
    works: (file, expires, signature) => {
      const [right, given] = [Buffer.from(sign(file, expires)), Buffer.from(signature)];
      return right.length === given.length && timingSafeEqual(right, given) && Number(expires) > now();
    },
    expireAll: () => {
      generation++;
    },
  };
};

/** Serves finished files with Range and If-Range (RFC 9110, parts 13 and 14), as a content delivery network does. */
export const fileRoute = (folder: string, links: Links, faults: Faults) => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/files/:file/:name", (c) => {
    const file = c.req.param("file");
    const { expires = "", signature = "" } = c.req.query();
    if (!/^\d+\.export$/.test(file) || !links.works(file, expires, signature))
      return c.text("This link has expired.", 403);
    if (faults.endedLinks > 0) {
      faults.endedLinks--;
      return c.body("<Error><Code>ExpiredToken</Code></Error>", 400, { "content-type": "application/xml" });
    }
    if (faults.file !== null) return c.body(faults.file, 200, { etag: `"other-${faults.file.length}"` });
    const path = join(folder, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return c.text("This file is gone.", 404);
    const { size, mtimeMs } = found;
    const etag = `"${size.toString(16)}-${Math.round(mtimeMs).toString(16)}"`;
    const headers = { etag, "accept-ranges": "bytes", "content-type": "application/octet-stream" };
    const condition = c.req.header("if-range");
    const wanted =
      condition === undefined || condition === etag ? rangeOf(c.req.header("range"), size) : undefined;
    if (wanted === null) return c.body(null, 416, { "content-range": `bytes */${size}` });
    const { start, end } = wanted ?? { start: 0, end: size - 1 };
    const length = { "content-length": String(end - start + 1) };
    const body = () =>
      Readable.toWeb(limited(path, { start, end }, faults, () => c.env.outgoing.destroy())) as ReadableStream;
    // Hono answers HEAD from here too, and would leave the file open behind a body that nobody reads.
    const sent = c.req.method === "HEAD" || size === 0 ? null : body();
    return wanted === undefined
      ? c.newResponse(sent, 200, { ...headers, ...length })
      : c.newResponse(sent, 206, { ...headers, ...length, "content-range": `bytes ${start}-${end}/${size}` });
  });
  return app;
};

interface ByteRange {
  start: number;
  end: number;
}

/** One range of bytes, both ends included (RFC 9110, 14.1.2); undefined when none or another form is asked for, null when there is no such part. */
const rangeOf = (header: string | undefined, size: number): ByteRange | null | undefined => {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return start > end ? null : { start, end };
};

/** That part of the file; slowed down or cut off when a test says so. */
const limited = (path: string, { start, end }: ByteRange, faults: Faults, cutOff: () => void): Readable => {
  const cut = faults.cutDownload;
  if (cut !== null && cut.times > 0) faults.cutDownload = { ...cut, times: cut.times - 1 };
  const most = cut !== null && cut.times > 0 ? cut.afterBytes : Number.POSITIVE_INFINITY;
  const source = createReadStream(path, {
    start,
    end,
    highWaterMark: faults.downloadBytesPerSecond === null ? 256 * 1024 : 16 * 1024,
  });
  return Readable.from(
    (async function* () {
      let sent = 0;
      for await (const chunk of source as AsyncIterable<Buffer>) {
        if (faults.downloadBytesPerSecond !== null) {
          await new Promise((resolve) =>
            setTimeout(resolve, (1_000 * chunk.length) / (faults.downloadBytesPerSecond ?? 1)),
          );
        }
        yield chunk.subarray(0, Math.max(0, most - sent));
        sent += chunk.length;
        if (sent >= most) {
          source.destroy();
          cutOff();
          return;
        }
      }
    })(),
  );
};
