import { isIP } from "node:net";
import type { Context } from "hono";
import { AppError } from "#core/errors.ts";
import { inFull } from "#core/route.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** Under which names this server is reached, and what that means for a request. */
export interface PublicNames {
  /** Whether a request that says this `Host` was sent to one of our names. */
  isOwn(host: string | undefined): boolean;
  /** Throws AppError("forbidden") when it was not. */
  assertOwn(host: string | undefined): void;
  /** Whether pages at this host ("milepost.example.org:8443") are our own. */
  isPublicHost(host: string): boolean;
  /** Looks whether a proxy in front hides our name; a sentence for the people once one does. */
  hidden(c: Context<WebEnv>): string | null;
}

/** Whoever asks us under ever new addresses in digits fills no memory. */
const mostRemembered = 1_000;

type NameDeps = Pick<WebDeps, "publicUrls" | "hostNames" | "log">;

export const createPublicNames = ({ publicUrls, hostNames, log }: NameDeps): PublicNames => {
  const names = new Set(["localhost", ...hostNames.map((name) => name.toLowerCase())]);
  for (const { hostname } of publicUrls) names.add(bare(hostname));
  const hosts = new Set(publicUrls.map(({ host }) => host));
  /** Hosts that were found to be ours. */
  const own = new Set<string>();
  let isHidden = false;
  // A foreign name that its owner let point to this machine (DNS rebinding) would make a foreign page same-origin with us. Addresses in
  // digits cannot be rebound.
  const isOwn = (host: string | undefined): boolean => {
    if (host !== undefined && own.has(host)) return true;
    const name = nameIn(host);
    if (host === undefined || name === null || !(names.has(name) || isIP(name) !== 0)) return false;
    if (own.size < mostRemembered) own.add(host);
    return true;
  };
  return {
    isOwn,
    assertOwn: (host) => {
      if (!isOwn(host)) throw new AppError("forbidden", foreign(nameIn(host)));
    },
    isPublicHost: (host) => hosts.has(host),
    hidden: (c) => {
      if (hosts.size === 0) return null;
      const host = c.req.header("Host") ?? "";
      if (hosts.has(host)) isHidden = false;
      else if (!isHidden && cameFrom(c).some((one) => hosts.has(one))) {
        isHidden = true;
        log.warn({ host }, hiddenName);
      }
      return isHidden && !hosts.has(host) ? hiddenName : null;
    },
  };
};

/**
 * The name of the cookie that keeps a session, at each host. Where people come by https it begins so that browsers let no neighbouring host
 * plant one (RFC 6265bis, section 4.1.3), and one without that beginning is not looked at.
 */
export const sessionCookieAt =
  ({ sessionCookie, publicUrls }: { sessionCookie: string; publicUrls: readonly URL[] }) =>
  (host: string | undefined): string => {
    if (!isHttpsAt(host, publicUrls)) return sessionCookie;
    return inFull("/") === "/" ? `__Host-${sessionCookie}` : `__Secure-${sessionCookie}`;
  };

/**
 * Whether cookies are for https only: wherever people reach us by https, but at an address of plain http that is ours as well. Behind a
 * proxy this server itself is always reached by plain http.
 */
export const isHttpsAt = (host: string | undefined, publicUrls: readonly URL[]): boolean => {
  const asked = publicUrls.find((url) => url.host === host);
  return (asked ?? publicUrls[0])?.protocol === "https:";
};

const hiddenName =
  "A proxy in front of Milepost hides the name under which people reach it. Let it pass the name on: with nginx by the line “proxy_set_header Host $http_host;”, with Apache by “ProxyPreserveHost On”.";

const foreign = (name: string | null): string =>
  name === null
    ? "This request does not say to which server it goes."
    : `This server does not answer under the name ${name}. Use localhost or its address in digits, or start it with MILEPOST_URL=https://${name} (or http://…, and with the port, as people type it).`;

/** The hosts that a browser or a proxy says this request was really sent to. */
const cameFrom = (c: Context<WebEnv>): string[] =>
  [c.req.header("Origin"), c.req.header("Referer"), `x://${c.req.header("X-Forwarded-Host")}`].flatMap(
    (url) => (url !== undefined && URL.canParse(url) ? [new URL(url).host] : []),
  );

const nameIn = (host: string | undefined): string | null => {
  if (host === undefined || !URL.canParse(`http://${host}`)) return null;
  const url = new URL(`http://${host}`);
  const isBare = url.username === "" && url.pathname === "/" && url.search === "" && url.hash === "";
  return isBare ? bare(url.hostname) : null;
};

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");
