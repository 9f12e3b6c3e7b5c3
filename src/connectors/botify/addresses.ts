import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { AppError } from "#core/errors.ts";

/** Which addresses a download may be fetched from: all, only this machine's own, or only public ones. */
export type Reach = "anywhere" | "loopback" | "public";

const listOf = (family: "ipv4" | "ipv6", nets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const net of nets) {
    const [address = "", bits] = net.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};

const loopback = listOf("ipv4", ["127.0.0.0/8"]);
loopback.addAddress("::1", "ipv6");

/** IANA's special-purpose addresses (RFC 6890 and its registry): none of them is a host of the public Internet. */
const specialV4 = listOf("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);
const globalV6 = listOf("ipv6", ["2000::/3"]);
/** Inside 2000::/3 but special; 6to4 and Teredo can wrap a private IPv4 address. */
const specialV6 = listOf("ipv6", ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

export const isPublicAddress = (address: string): boolean =>
  isIP(address) === 4
    ? !specialV4.check(address, "ipv4")
    : isIP(address) === 6 && globalV6.check(address, "ipv6") && !specialV6.check(address, "ipv6");

export const isLoopbackAddress = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");

/** A host as a URL writes it: "127.0.0.1", "[::1]" or "localhost". */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(.+\.)?localhost\.?$/.test(hostname) || isLoopbackAddress(bare(hostname));

/** Refuses what is not http or https, and a way from https down to http. */
export const checkProtocol = (at: URL, first: URL): void => {
  if (at.protocol !== "https:" && at.protocol !== "http:") {
    throw new AppError(
      "remote-refused",
      `The download address begins with “${at.protocol}”; Milepost fetches files by http and https only.`,
    );
  }
  if (first.protocol === "https:" && at.protocol === "http:") {
    throw new AppError(
      "remote-refused",
      `The download address sends us from https to plain http on ${at.host}; Milepost does not follow.`,
    );
  }
};

/** Refuses a literal address out of reach. Names are looked at when they are looked up: see `guardedLookup`. */
export const checkLiteral = (hostname: string, reach: Reach): void => {
  const literal = bare(hostname);
  if (isIP(literal) !== 0 && !within(literal, reach)) throw outOfReach(hostname);
};

/**
 * A DNS lookup that gives only addresses within reach. What it gives is what is connected to, so that no second lookup
 * can answer differently (DNS rebinding).
 */
export const guardedLookup =
  (reach: Reach): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => within(address, reach));
      const [first] = allowed;
      if (first === undefined) return callback(outOfReach(hostname), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

const within = (address: string, reach: Reach): boolean => {
  switch (reach) {
    case "anywhere":
      return true;
    case "loopback":
      return isLoopbackAddress(address);
    case "public":
      return isPublicAddress(address);
    default:
      return reach satisfies never;
  }
};

const outOfReach = (hostname: string): AppError =>
  new AppError(
    "remote-refused",
    `The download address leads to ${hostname}, which is inside this machine's or a private network. Milepost does not fetch files from there.`,
  );

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");
