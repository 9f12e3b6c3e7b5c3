import { BlockList, isIP, isIPv6 } from "node:net";

/** Reads "127.0.0.1, 172.18.0.0/16". Throws an Error whose message is a sentence for the person at the terminal. */
export const readProxies = (given: string): BlockList => {
  const proxies = new BlockList();
  for (const one of given.split(/[\s,]+/).filter((word) => word !== "")) {
    const [address = "", bits] = one.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    const most = family === "ipv6" ? 128 : 32;
    if (isIP(address) === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      throw new Error(
        `MILEPOST_PROXIES must have addresses or networks such as 127.0.0.1 or 172.18.0.0/16, not "${one}".`,
      );
    proxies.addSubnet(address, Number(bits ?? most), family);
  }
  return proxies;
};
