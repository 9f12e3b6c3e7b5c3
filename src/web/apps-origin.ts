import type { Context } from "hono";
import { inFull } from "#core/route.ts";

type Asked = Pick<Context, "req">;

/**
 * Where generated apps are when they are not below Milepost's own pages: another origin to browsers, so that whatever runs in a page of an app
 * can ask nothing of Milepost.
 */
export interface AppsOrigin {
  /** The same address at the place where this app is, under the name by which this request came. */
  ofApp(c: Asked, slug: string): string;
  /** The same address at Milepost's own. */
  ofMilepost(c: Asked): string;
  /** Whether a session has to be handed over to get in there. */
  handsOver: boolean;
}

export interface Place {
  port: number;
  /** How people reach it; null: by its port. */
  url: URL | null;
}

/** A second port: both share a host name, and with it the session. The ports may be said later. */
export const appsAtPort = (apps: Place, milepost: Place): AppsOrigin => ({
  ofApp: (c) => addressAt(c, apps),
  ofMilepost: (c) => addressAt(c, milepost),
  handsOver: false,
});

const addressAt = ({ req }: Asked, { port, url }: Place): string => {
  const asked = new URL(req.url);
  const here = new URL(`http://${req.header("Host") ?? asked.host}`);
  const there = url?.hostname === here.hostname ? new URL(url.origin) : here;
  if (there === here) there.port = String(port);
  there.pathname = inFull(req.path);
  there.search = asked.search;
  return there.href;
};

/** A host name for each app: "https://<slug>.apps.example.org". */
export interface AppHosts extends AppsOrigin {
  /** The app whose name this is; null: none's. */
  slugAt(host: string | undefined): string | null;
}

/** `below`: "https://apps.example.org"; `milepost`: where people reach Milepost. */
export const appsAtHosts = (below: URL, milepost: URL): AppHosts => {
  const end = `.${below.host}`;
  return {
    ofApp: (c, slug) => sameAt(c, `${below.protocol}//${slug}${end}`),
    ofMilepost: (c) => sameAt(c, milepost.origin),
    handsOver: true,
    slugAt: (host) => {
      const given = `${below.protocol}//${host}`;
      if (host === undefined || !URL.canParse(given)) return null;
      const url = new URL(given);
      const slug = url.host.endsWith(end) ? url.host.slice(0, -end.length) : "";
      return /^[a-z0-9-]+$/.test(slug) && url.href === `${url.origin}/` ? slug : null;
    },
  };
};

const sameAt = ({ req }: Asked, origin: string): string =>
  new URL(inFull(req.path) + new URL(req.url).search, origin).href;
