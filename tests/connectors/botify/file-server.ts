import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Request } from "./server.ts";

export const content = randomBytes(3_000_000);

export interface Serving {
  bytes?: Buffer;
  etag?: string | null;
  /** Cuts the connection after so many bytes of an answer. */
  cutAfter?: number;
  /** Gives nothing more instead of cutting it. */
  stalls?: boolean;
}

/** Answers as RFC 9110 asks: 206 for a range whose If-Range fits, otherwise the whole. */
export const giveFile = (
  request: Request,
  response: ServerResponse,
  { bytes = content, etag = '"v1"', cutAfter, stalls }: Serving = {},
): void => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? -1);
  const ranged = start >= 0 && request.headers["if-range"] === etag;
  const part = ranged ? bytes.subarray(start) : bytes;
  if (ranged && part.length === 0) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(ranged ? 206 : 200, {
    "content-length": part.length,
    ...(etag === null ? {} : { etag }),
    ...(ranged ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  if (cutAfter === undefined || part.length <= cutAfter) response.end(part);
  else response.write(part.subarray(0, cutAfter), () => stalls || response.socket?.end());
};
