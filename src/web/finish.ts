import type { Context, MiddlewareHandler } from "hono";
import { visibleHtml } from "#views/visible-html.ts";
import type { WebEnv } from "./deps.ts";
import { encoded, forReader } from "./encoded.ts";
import { isAlreadySent } from "./live/already-sent.ts";
import { type Said, securityHeaders } from "./security.ts";

/**
 * Puts the last hand to every answer: the strict headers, and the compression of pages, JSON and the like for readers who take that. In our own
 * pages nothing unseen is left (`visibleHtml`); those of generated apps are people's own.
 */
export const finish = (): MiddlewareHandler<WebEnv> => async (c, next) => {
  await next();
  const small = smallIn(c.res);
  if (small === null) return finishLive(c);
  const { status } = small;
  const said: Said = { status, header: (name) => small.headers[name] ?? null };
  const text = small.text === null ? null : seenText(c, said, small.text);
  const headers = { ...small.headers, ...securityHeaders(c, said) };
  const sent = text !== null && mayCompress(c, said) ? await forReader(encoded(text), acceptedBy(c)) : null;
  replace(c, sent?.coding ? sent.bytes : text, { status, headers: { ...headers, ...sent?.headers } });
};

/** An answer whose headers somebody has set one by one, or that is read as it is sent. */
const finishLive = async (c: Context<WebEnv>): Promise<void> => {
  // Not `c.header`, which would replace the answer: an event stream's is known by its identity.
  if (isAlreadySent(c.res)) return;
  const { headers, status } = c.res;
  const said: Said = { status, header: (name) => headers.get(name) };
  const isWhole = mayCompress(c, said);
  for (const [name, value] of Object.entries(securityHeaders(c, said))) headers.set(name, value);
  if (!isWhole) return;
  const text = seenText(c, said, textIn(c.res) ?? (await c.res.text()));
  const sent = await forReader(encoded(text), acceptedBy(c));
  headers.delete("Content-Length");
  for (const [name, value] of Object.entries(sent.headers)) headers.set(name, value);
  // A text leaves together with its head, bytes after it.
  replace(c, sent.coding === null ? text : sent.bytes, { status, headers });
};

const seenText = (c: Context<WebEnv>, { header }: Said, text: string): string =>
  header("content-type")?.startsWith("text/html") === true && c.get("ofApp") !== true
    ? visibleHtml(text)
    : text;

// What is made whole before it is sent. Files, logs and event streams have other types: they leave as they are read.
const whole = /^(?:text\/(?:html|css|javascript)|application\/json|image\/svg\+xml)\b/;

const mayCompress = (c: Context<WebEnv>, { header }: Said): boolean =>
  whole.test(header("content-type") ?? "") &&
  c.req.method !== "HEAD" &&
  header("vary") === null &&
  header("content-disposition") === null &&
  // What is told as it comes must not be gathered first.
  header("cache-control")?.includes("no-transform") !== true;

const acceptedBy = (c: Context<WebEnv>): string | undefined => c.req.header("Accept-Encoding");

const replace = (
  c: Context<WebEnv>,
  body: string | Uint8Array<ArrayBuffer> | null,
  init: ResponseInit,
): void => {
  // Without this Hono would read the old answer into the new one.
  c.res = undefined;
  c.res = new Response(body, init);
};

/** An answer as @hono/node-server keeps it for itself until somebody asks for more: status, body, headers. */
type Kept = readonly [number, unknown, unknown];

/**
 * What such an answer is, where it is a text, or nothing, with headers that nobody has made a Headers of. To ask the answer itself would make
 * a whole Response of it, and to set a header one of its Headers: each costs as much as all the rest of a small request.
 */
const smallIn = (
  answer: Response,
): { status: number; text: string | null; headers: Record<string, string> } | null => {
  const [status = 0, text, said = {}] = keptIn(answer) ?? [];
  if (status === 0 || !(typeof text === "string" || text === null)) return null;
  if (typeof said !== "object" || said === null || Object.getPrototypeOf(said) !== Object.prototype)
    return null;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(said)) {
    if (typeof value !== "string") return null;
    headers[name.toLowerCase()] = value;
  }
  // As the library would say of a text of which nothing is said.
  if (text !== null) headers["content-type"] ??= "text/plain; charset=UTF-8";
  return { status, text, headers };
};

const textIn = (answer: Response): string | null => {
  const text = keptIn(answer)?.[1];
  return typeof text === "string" ? text : null;
};

const keptIn = (answer: Response): Kept | null => {
  kept ??= Object.getOwnPropertySymbols(answer).find(({ description }) => description === "cache");
  const there: unknown = kept === undefined ? null : Reflect.get(answer, kept);
  return Array.isArray(there) ? (there as unknown as Kept) : null;
};

let kept: symbol | undefined;
