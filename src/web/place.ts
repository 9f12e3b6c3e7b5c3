import { type BlockList, isIP, isIPv6 } from "node:net";
import type { Context } from "hono";
import type { WebEnv } from "./deps.ts";

/**
 * Where a request comes from, as far as it can be known: from the address of its connection, or, where that is a proxy of ours, from what it
 * says in `X-Forwarded-For`, of which only what proxies of ours have added is believed. Whole networks belong to one person in IPv6.
 */
export const placeOf = (c: Context<WebEnv>, proxies: BlockList): string => {
  const socket = c.env?.incoming?.socket;
  const forwarded = c.req.header("X-Forwarded-For");
  if (socket === undefined || forwarded !== undefined)
    return placeBehind(socket?.remoteAddress, forwarded, proxies);
  const place = known.get(socket) ?? placeBehind(socket.remoteAddress, undefined, proxies);
  known.set(socket, place);
  return place;
};

/** A connection comes from one address, however many requests it brings. */
const known = new WeakMap<object, string>();

const placeBehind = (address = "", forwarded = "", proxies: BlockList): string => {
  const connected = plain(address);
  const told = forwarded.split(",").map((one) => plain(one.trim()));
  let from = connected;
  while (isProxy(from, proxies)) {
    const before = told.pop() ?? "";
    if (isIP(before) === 0) break;
    from = before;
  }
  if (isIP(from) === 0) return "an unknown address";
  return isIPv6(from) ? `${networkOf(from)}::/64` : from;
};

const isProxy = (address: string, proxies: BlockList): boolean =>
  isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? "ipv6" : "ipv4");

/** IPv4 addresses come wrapped where a server listens for both. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

const networkOf = (address: string): string => {
  const [before = "", after] = address.split("::");
  const groups = before.split(":").filter((group) => group !== "");
  const missing = after === undefined ? 0 : 8 - groups.length - after.split(":").filter(Boolean).length;
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...(after ?? "").split(":")]
    .slice(0, 4)
    .join(":");
};
