import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Where an address lies. "special" is all that no host of the public Internet has (IANA's special-purpose registries);
 * "never" is where clouds give the keys of their machines to whoever asks from inside, and the link around it.
 */
export type Zone = "public" | "own-network" | "loopback" | "special" | "never";

const zones: Readonly<Record<string, Zone>> = {
  unicast: "public",
  loopback: "loopback",
  // A connection to 0.0.0.0 or :: arrives at this machine.
  unspecified: "loopback",
  private: "own-network",
  uniqueLocal: "own-network",
  // Carriers' NAT, which VPNs between one's own machines use.
  carrierGradeNat: "own-network",
  linkLocal: "never",
};

/** Metadata services outside the link-local nets: AWS, Google, Alibaba, Azure, Oracle. */
const metadata = [
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
].map((net) => ipaddr.parseCIDR(net));
const globalV6 = ipaddr.parseCIDR("2000::/3");

/** The zone of an address as `dns.lookup` or a URL without brackets writes it; of an IPv4 address wrapped in IPv6, its own. */
export const zoneOf = (address: string): Zone => {
  // `ipaddr` alone would also read "1" or "0x7f.1", which are names here: URL has turned real numbers into addresses before.
  if (isIP(address) === 0) return "special";
  const at = unwrapped(ipaddr.parse(address));
  if (metadata.some((net) => at.kind() === net[0].kind() && at.match(net))) return "never";
  const zone = zones[at.range()] ?? "special";
  return zone === "public" && at.kind() === "ipv6" && !at.match(globalV6) ? "special" : zone;
};

/** A host as a URL writes it: "127.0.0.1", "[::1]" or "localhost". */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(.+\.)?localhost\.?$/i.test(hostname) || zoneOf(bare(hostname)) === "loopback";

/** Whether a host, as a URL writes it, is in one's own network by its address or its kind of name. */
export const isOwnNetwork = (hostname: string): boolean => {
  const host = bare(hostname);
  if (isIP(host) !== 0) return ["own-network", "loopback", "never"].includes(zoneOf(host));
  return /^(.+\.)?(localhost|local|lan|home\.arpa|internal)\.?$/i.test(host) || !host.includes(".");
};

/** Without the brackets that a URL puts round IPv6. */
export const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");

type Address = ReturnType<typeof ipaddr.parse>;

const unwrapped = (address: Address): Address => {
  const bytes = address.toByteArray();
  switch (address.kind() === "ipv6" ? address.range() : "unicast") {
    case "ipv4Mapped":
    case "rfc6145":
    case "rfc6052":
      return ipaddr.fromByteArray(bytes.slice(12));
    case "6to4":
      return ipaddr.fromByteArray(bytes.slice(2, 6));
    default:
      return address;
  }
};
