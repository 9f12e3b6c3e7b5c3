import type { MiddlewareHandler } from "hono";
import type { WebEnv } from "./deps.ts";
import { encoded, forReader } from "./encoded.ts";

// What is made whole before it is sent. Files, logs and event streams have other types: they leave as they are read.
const whole = /^(?:text\/(?:html|css|javascript)|application\/json|image\/svg\+xml)\b/;

/** Compresses pages, JSON and the like for readers who take that. */
export const compressed = (): MiddlewareHandler<WebEnv> => async (c, next) => {
  await next();
  const { headers, status } = c.res;
  if (!whole.test(headers.get("Content-Type") ?? "") || c.req.method === "HEAD") return;
  if (headers.has("Vary") || headers.has("Content-Disposition")) return;
  // What is told as it comes must not be gathered first.
  if (headers.get("Cache-Control")?.includes("no-transform") === true) return;
  const lying = textIn(c.res);
  const text = lying ?? (await c.res.text());
  const sent = await forReader(encoded(text), c.req.header("Accept-Encoding"));
  headers.delete("Content-Length");
  for (const [name, value] of Object.entries(sent.headers)) headers.set(name, value);
  if (sent.coding === null && lying !== null) return;
  // Without this Hono would read the old answer into the new one.
  c.res = undefined;
  // A text leaves together with its head, bytes after it.
  c.res = new Response(sent.coding === null ? text : sent.bytes, { status, headers });
};

/**
 * The text of an answer that has not become a stream yet, as @hono/node-server keeps it for itself until somebody asks; null where it does
 * not. To ask for it would make a whole Response of it, which costs a fifth of a small request.
 */
const textIn = (answer: Response): string | null => {
  kept ??= Object.getOwnPropertySymbols(answer).find(({ description }) => description === "cache");
  const cache: unknown = kept === undefined ? null : Reflect.get(answer, kept);
  const body: unknown = Array.isArray(cache) ? cache[1] : null;
  return typeof body === "string" ? body : null;
};

let kept: symbol | undefined;
