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
  const text = await c.res.text();
  const sent = await forReader(encoded(text), c.req.header("Accept-Encoding"));
  headers.delete("Content-Length");
  for (const [name, value] of Object.entries(sent.headers)) headers.set(name, value);
  // Without this Hono would read the old answer into the new one.
  c.res = undefined;
  // A text leaves together with its head, bytes after it.
  c.res = new Response(sent.coding === null ? text : sent.bytes, { status, headers });
};
