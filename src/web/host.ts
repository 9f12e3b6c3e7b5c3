import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { AppError } from "#core/errors.ts";
import { bearerOf } from "./credentials.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/**
 * Refuses requests for a host that is not ours: a foreign name that its owner let point to this machine (DNS rebinding) would make
 * a foreign page same-origin with us. Addresses in digits cannot be rebound, and no foreign page knows a token.
 */
export const ownHost = ({
  publicOrigin,
  hostNames,
}: Pick<WebDeps, "publicOrigin" | "hostNames">): MiddlewareHandler<WebEnv> => {
  const names = new Set(["localhost", ...hostNames.map((name) => name.toLowerCase())]);
  if (publicOrigin !== null) names.add(new URL(publicOrigin).hostname);
  return (c, next) => {
    const name = hostNameOf(c.req.header("Host"));
    if (bearerOf(c) !== null) return next();
    if (name !== null && (names.has(name) || isIP(name) !== 0)) return next();
    throw new AppError(
      "forbidden",
      "This server does not answer under this name. Use localhost or its address, or configure the name.",
    );
  };
};

const hostNameOf = (host: string | undefined): string | null => {
  if (host === undefined || !URL.canParse(`http://${host}`)) return null;
  const url = new URL(`http://${host}`);
  const bare = url.username === "" && url.pathname === "/" && url.search === "" && url.hash === "";
  return bare ? url.hostname.replace(/^\[|\]$/g, "") : null;
};
