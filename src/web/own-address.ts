import type { Context } from "hono";
import type { WebDeps } from "./deps.ts";

/** A path of ours in full, for people to send on: where they reach this server, else the name under which this request came. */
export const ownAddress = (
  { req }: Pick<Context, "req">,
  { publicUrls: [url] }: Pick<WebDeps, "publicUrls">,
  path: string,
): string => new URL(path, url?.href ?? `http://${req.header("Host") ?? new URL(req.url).host}`).href;
