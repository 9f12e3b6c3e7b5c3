import { type Found, isOpen, type Mapping, mapping } from "./found.ts";

interface Published {
  /** "5432 as 5432", for people. */
  told: string;
  /** Where the container listens. */
  target: number;
}

/** Traefik's and Dokploy's own on every server. */
const taken: Readonly<Record<string, string>> = {
  80: "Dokploy's router",
  443: "Dokploy's router",
  3000: "Dokploy itself",
};

/** The ports of the server that a service takes. What listens there is reached past the router, so somebody agrees to it. */
export const publishedPorts = (name: string, { ports }: Mapping, found: Found): Published[] => {
  const path = ["services", name, "ports"];
  if (ports === undefined || ports === null) return [];
  if (!Array.isArray(ports)) return found.refuse(path, `“${name}” has ports that are no list.`);
  return ports.flatMap((one, index) => {
    const at = [...path, index];
    const port = readPort(one) ?? found.refuse(at, `“${name}” has a port that is not understood.`);
    const { published, target, host } = port;
    for (const [own, whose] of Object.entries(taken))
      if (includes(published, Number(own)))
        found.refuse(
          at,
          `“${name}” takes port ${own} of the server, which belongs to ${whose}. Its page is reached by its host without that; leave the port out.`,
        );
    const where = published === "" ? "a free port" : `port ${published}`;
    if (host !== "127.0.0.1" && host !== "::1")
      found.reach(at, `“${name}” is reached at ${where} of the server by everybody who reaches the server.`);
    const first = Number(/^\d+/.exec(target)?.[0]);
    return Number.isNaN(first) ? [] : [{ told: `${where} of the server to ${target}`, target: first }];
  });
};

interface Port {
  /** "" is a free one that Docker chooses. */
  published: string;
  target: string;
  host: string;
}

const readPort = (one: unknown): Port | null => {
  const long = mapping(one);
  if (long !== null)
    return long.target === undefined
      ? null
      : {
          published: String(long.published ?? ""),
          target: String(long.target),
          host: String(long.host_ip ?? ""),
        };
  if (typeof one !== "string" && typeof one !== "number") return null;
  const typed = String(one).replace(/\/(tcp|udp|sctp)$/, "");
  if (isOpen(typed)) return { published: typed, target: typed.split(":").at(-1) ?? "", host: "" };
  const [, bracketed, v4, published = "", target = ""] =
    /^(?:\[([\da-f:]+)\]:|((?:\d{1,3}\.){3}\d{1,3}):)?(?:(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)$/i.exec(typed) ??
    [];
  return target === "" ? null : { published, target, host: bracketed ?? v4 ?? "" };
};

const includes = (range: string, port: number): boolean => {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  return from !== undefined && Number(from) <= port && port <= Number(to);
};
