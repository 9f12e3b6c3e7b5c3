import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const own = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  // Carriers' NAT, which VPNs between one's own machines use.
  ["100.64.0.0", 10],
] as const)
  own.addSubnet(net, bits, "ipv4");
own.addAddress("::1", "ipv6");
own.addSubnet("fc00::", 7, "ipv6");
own.addSubnet("fe80::", 10, "ipv6");

/** Whether a host, as a URL writes it, is in one's own network: there Dokploy mostly runs without TLS. */
export const isOwnNetwork = (hostname: string): boolean => {
  const bare = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(bare);
  if (family !== 0) return own.check(bare, family === 4 ? "ipv4" : "ipv6");
  return /^(.+\.)?(localhost|local|lan|home\.arpa|internal)\.?$/i.test(bare) || !bare.includes(".");
};

/** As the system resolves names, and names under `localhost` as this machine, which RFC 6761 (6.3) asks for and Node does not do. */
export const lookupHost: LookupFunction = (hostname, options, callback) => {
  if (!/(^|\.)localhost\.?$/i.test(hostname)) return lookup(hostname, options, callback);
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};
