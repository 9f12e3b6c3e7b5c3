import type { Certificate } from "#connectors/dokploy/dokploy.ts";
import { wrong } from "#core/fields.ts";
import type { MoreDomain, StackBase } from "./input.ts";
import { hostOf } from "./part-names.ts";

/** A host that leads to the stack. */
export interface WantedDomain {
  host: string;
  path: string;
  port: number;
  https: boolean;
  certificate: Certificate;
  /** Of a compose file, whose page it shows. */
  service?: string;
}

/** The stack's own host, then the others. */
export const domainsOf = (
  input: Pick<
    StackBase,
    "name" | "domainSuffix" | "port" | "https" | "certificate" | "moreDomains" | "pageOf"
  >,
): [WantedDomain, ...WantedDomain[]] => [
  {
    host: hostOf(input),
    path: "/",
    port: input.port,
    https: input.https,
    certificate: input.certificate ?? { from: "letsencrypt" },
    ...(input.pageOf !== undefined && { service: input.pageOf }),
  },
  ...(input.moreDomains ?? []).map((one) => ({
    ...(input.pageOf !== undefined && { service: input.pageOf }),
    ...one,
    port: one.port ?? input.port,
    https: one.https ?? input.https,
  })),
];

/** Where people reach it, without a slash at the end. */
export const originOfDomain = (
  { host, https }: Pick<WantedDomain, "host" | "https">,
  { publicPort }: Pick<StackBase, "publicPort">,
): string => `${https ? "https" : "http"}://${host}${publicPort === null ? "" : `:${publicPort}`}`;

/** "" is Let's Encrypt, "traefik" what Traefik was given, any other word a resolver of its configuration. */
export const readCertificate = (typed: string): Certificate => {
  if (typed === "" || typed === "letsencrypt") return { from: "letsencrypt" };
  if (typed === "traefik") return { from: "traefik" };
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(typed)) return { from: "resolver", name: typed };
  throw wrong("certificate", `“${typed}” is no name of a certificate resolver.`);
};

/** Lines of "shop.example.org /path port=3000 certificate=name https". Throws AppError("bad-input"). */
export const readDomains = (typed: string): MoreDomain[] => {
  const domains = typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(readDomain);
  const seen = new Set<string>();
  for (const { host, path } of domains) {
    if (seen.has(host + path)) throw refused(`${host}${path} is listed twice. Remove one of the two lines.`);
    seen.add(host + path);
  }
  return domains;
};

const readDomain = (line: string): MoreDomain => {
  const [host = "", ...words] = line.split(/\s+/);
  const domain: MoreDomain = {
    host: readHost(host),
    path: "/",
    port: null,
    https: null,
    certificate: { from: "letsencrypt" },
  };
  for (const word of words) {
    const [, name, value = ""] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
    if (/^\/[\x21-\x7e]*$/.test(word) && !word.startsWith("//")) domain.path = word;
    else if (word === "http" || word === "https") domain.https = word === "https";
    else if (name === "port" && /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535)
      domain.port = Number(value);
    else if (name === "certificate") domain.certificate = readCertificate(value);
    else if (name === "service") domain.service = value;
    else throw refused(`“${word}” is not understood.`);
  }
  return domain;
};

/** RFC 1123; one word alone is no host that leads anywhere. */
const readHost = (typed: string): string => {
  const host = typed.toLowerCase().replace(/\.$/, "");
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (host.length <= 253 && new RegExp(`^${label}(?:\\.${label})+$`).test(host)) return host;
  throw refused(`“${typed}” is no host name.`);
};

const refused = (why: string) =>
  wrong("moreDomains", `${why} A line looks like: shop.example.org /path port=3000 certificate=name`);
