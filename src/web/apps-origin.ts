import type { Context } from "hono";
import { inFull } from "#core/route.ts";

/**
 * Where generated apps are when they are not below Milepost's own pages: a second port is another origin to browsers, so that whatever runs in a
 * page of an app can ask nothing of Milepost. Both share a host name, and with it the session.
 */
export interface AppsOrigin {
  apps: Place;
  milepost: Place;
}

interface Place {
  port: number;
  /** How people reach it; null: by its port. */
  url: URL | null;
}

/** The same address at the other place, under the name by which this request came. */
export const addressAt = ({ req }: Pick<Context, "req">, { port, url }: Place): string => {
  const asked = new URL(req.url);
  const here = new URL(`http://${req.header("Host") ?? asked.host}`);
  const there = url?.hostname === here.hostname ? new URL(url.origin) : here;
  if (there === here) there.port = String(port);
  there.pathname = inFull(req.path);
  there.search = asked.search;
  return there.href;
};
