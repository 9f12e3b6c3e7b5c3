import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { NetworkError } from "./network-error.ts";
import { bare, type Zone, zoneOf } from "./zones.ts";

/**
 * Which addresses a request may go to: public ones, only this machine's own, or anywhere: people crawl and deploy to machines at home.
 * Not even "anywhere" has the link-local ones and those where clouds keep the keys of their machines.
 */
export type Reach = "public" | "loopback" | "anywhere";

/** `dns.lookup` with `all`, so that tests can hand in names of their own. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const within = (zone: Zone, reach: Reach): boolean => {
  switch (reach) {
    case "anywhere":
      return zone !== "never";
    case "loopback":
      return zone === "loopback";
    case "public":
      return zone === "public";
    default:
      return reach satisfies never;
  }
};

/** Refuses what is not http or https, and a literal address out of reach. Names are looked at by `createLookup`. */
export const checkTarget = (url: URL, reach: Reach): void => {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    const sentence = `The address begins with “${url.protocol}”; Milepost fetches by http and https only.`;
    throw new NetworkError("out-of-reach", sentence);
  }
  const host = bare(url.hostname);
  if (isIP(host) !== 0 && !within(zoneOf(host), reach)) throw outOfReach(host, [zoneOf(host)]);
};

/**
 * A DNS lookup that gives only addresses within reach. What it gives is what is connected to, so that no second lookup can answer
 * differently. `steady`: a name keeps to the zones it led to first, so that a site cannot lead inside later (DNS rebinding).
 */
export const createLookup = (
  reach: Reach,
  { resolve = systemLookup, steady = false }: { resolve?: Resolve | undefined; steady?: boolean } = {},
): LookupFunction => {
  const ledTo = new Map<string, ReadonlySet<Zone>>();
  return (hostname, options, callback) => {
    const answer: Parameters<Resolve>[2] = (error, found) => {
      if (error !== null) return callback(error, []);
      const zones = found.map(({ address }) => zoneOf(address));
      const before = ledTo.get(hostname);
      const allowed = found.filter(
        ({ address }) => within(zoneOf(address), reach) && (before?.has(zoneOf(address)) ?? true),
      );
      const [first] = allowed;
      if (first === undefined) return callback(outOfReach(hostname, zones), []);
      if (steady && before === undefined) ledTo.set(hostname, new Set(zones));
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    };
    // RFC 6761 (6.3): the names under localhost are this machine. Resolvers need not know them, and Node does not.
    if (/\.localhost\.?$/i.test(hostname)) answer(null, [{ address: "127.0.0.1", family: 4 }]);
    else resolve(hostname, { ...options, all: true }, answer);
  };
};

const outOfReach = (host: string, zones: readonly Zone[]): NetworkError =>
  new NetworkError(
    "out-of-reach",
    zones.includes("never")
      ? `The address leads to ${host}, which is link-local or where clouds keep the keys of their machines. Milepost asks nothing there.`
      : `The address leads to ${host}, which is inside this machine's or a private network. Milepost does not fetch from there.`,
  );
