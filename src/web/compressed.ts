import type { MiddlewareHandler } from "hono";
import type { WebEnv } from "./deps.ts";
import { encoded, forReader } from "./encoded.ts";

// What is made whole before it is sent. Files, logs and event streams have other types: they leave as they are read.
const whole = /^(?:text\/(?:html|css|javascript)|application\/json|image\/svg\+xml)\b/;

/** Compresses pages, JSON and the like for readers who take that. */
export const compressed = (): MiddlewareHandler<WebEnv> => async (c, next) => {
  await next();
  const { headers, status, body } = c.res;
  if (body === null || c.req.method === "HEAD" || headers.has("Vary")) return;
  if (headers.has("Content-Disposition") || !whole.test(headers.get("Content-Type") ?? "")) return;
  const plain = new Uint8Array(await c.res.arrayBuffer());
  const sent = await forReader(encoded(plain), c.req.header("Accept-Encoding"));
  c.res = new Response(sent.bytes, { status, headers });
  c.res.headers.delete("Content-Length");
  for (const [name, value] of Object.entries(sent.headers)) c.res.headers.set(name, value);
};
