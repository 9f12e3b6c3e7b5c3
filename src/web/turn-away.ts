import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type AppError, httpStatus } from "#core/errors.ts";
import { strictHeaders, uncached } from "./security.ts";

const always = { ...strictHeaders, ...uncached, "Content-Type": "application/json" };

/** Answers a request, or an upgrade, by a refusal in JSON, as the router would, without the way through it. */
export const turnAway = (
  { headers }: IncomingMessage,
  outgoing: ServerResponse | Duplex,
  { code, message, retryAfterMs = 0 }: AppError,
): void => {
  const status = httpStatus(code);
  const body = JSON.stringify({ error: { code, message } });
  const length = String(Buffer.byteLength(body));
  const head = {
    ...always,
    "Content-Length": length,
    "Retry-After": String(Math.ceil(retryAfterMs / 1_000)),
  };
  if ("writeHead" in outgoing) {
    // What is left of a body stands in the way of the next request on its connection.
    if ("content-length" in headers || "transfer-encoding" in headers)
      outgoing.setHeader("Connection", "close");
    outgoing.writeHead(status, head).end(body);
    return;
  }
  const lines = Object.entries({ ...head, Connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  outgoing.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n"));
};
