import type { Context } from "hono";
import type { WebDeps, WebEnv } from "./deps.ts";

/** A path of ours in full, for people to send on: where they reach this server, else the name under which this request came. */
export const ownAddress = (
  { req }: Pick<Context, "req">,
  { publicUrls: [url] }: Pick<WebDeps, "publicUrls">,
  path: string,
): string => new URL(path, url?.href ?? `http://${req.header("Host") ?? new URL(req.url).host}`).href;

/**
 * The same for who asks, and for what is beside them: where this request reached the server, if that is one of its addresses, else the first
 * of them.
 */
export const addressHere = (
  c: Context<WebEnv>,
  { publicUrls }: Pick<WebDeps, "publicUrls">,
  path: string,
): URL => {
  const host = c.req.header("Host") ?? new URL(c.req.url).host;
  return new URL(path, publicUrls.find((url) => url.host === host) ?? publicUrls[0] ?? `http://${host}`);
};
