import { wrong } from "#core/fields.ts";
import { hostOf } from "./part-names.ts";

/** Names that stand for Dokploy's own parts, or that a domain keeps for itself. */
const reserved: ReadonlySet<string> = new Set(["dokploy", "traefik", "www", "api", "admin", "mail"]);

/** Throws AppError("bad-input") when one of the other hosts is Dokploy's own. */
export const assertNotOwn = (domains: readonly { host: string }[], baseUrl: string): void => {
  const own = domains.find(({ host }) => isOwn(host, baseUrl));
  if (own === undefined) return;
  throw wrong("moreDomains", `${own.host} is the address of Dokploy itself. Choose another one.`);
};

const isOwn = (host: string, baseUrl: string): boolean =>
  URL.canParse(baseUrl) && new URL(baseUrl).hostname.toLowerCase() === host.toLowerCase();

/** Throws AppError("bad-input") when the stack's host is Dokploy's own or one that stacks may not have. */
export const assertNotTaken = (name: string, domainSuffix: string, baseUrl: string): void => {
  const host = hostOf({ name, domainSuffix });
  if (isOwn(host, baseUrl))
    throw wrong("name", `${host} is the address of Dokploy itself. Choose another stack name.`);
  if (reserved.has(name))
    throw wrong("name", `“${name}” is reserved and no stack may be called so. Choose another name.`);
};
