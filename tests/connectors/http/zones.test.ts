import { describe, expect, it } from "vitest";
import { checkTarget, createLookup, type Reach } from "#connectors/http/reach.ts";
import { isLoopbackHost, isOwnNetwork, type Zone, zoneOf } from "#connectors/http/zones.ts";
import { resolverOf } from "./servers.ts";

const zones = {
  public: [
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ],
  "own-network": [
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "fc00::1",
    "fd12::1",
    "::ffff:192.168.0.1",
  ],
  loopback: [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
  ],
  special: [
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "4000::1",
    "::7f00:1",
    "localhost",
    "",
  ],
  never: [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fe80::a9fe:a9fe%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
  ],
} satisfies Record<Zone, string[]>;

describe("an address", () => {
  it.each(Object.entries(zones).flatMap(([zone, all]) => all.map((address) => [address, zone])))(
    "%s is %s",
    (address, zone) => {
      expect(zoneOf(address)).toBe(zone);
    },
  );

  it("of this machine is known by name and number, and nobody else's", () => {
    expect(["127.9.9.9", "[::1]", "localhost", "localhost.", "a.localhost"].every(isLoopbackHost)).toBe(true);
    expect(["128.0.0.1", "[::2]", "localhost.example", "127.0.0.1.example"].some(isLoopbackHost)).toBe(false);
  });

  it("of one's own network is known by its number and its kind of name", () => {
    const own = [
      "192.168.1.2",
      "[fd00::1]",
      "nas",
      "nas.local",
      "dokploy.lan",
      "x.home.arpa",
      "db.internal",
      "127.0.0.1",
    ];
    expect(own.every(isOwnNetwork)).toBe(true);
    expect(["8.8.8.8", "dokploy.example.org", "[2606:4700::1]"].some(isOwnNetwork)).toBe(false);
  });
});

describe("a literal address", () => {
  const spellings = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "0.0.0.0",
    "0",
  ];
  it.each(spellings)("is seen through when it is spelt %s", (host) => {
    expect(() => checkTarget(new URL(`http://${host}/`), "public")).toThrow(
      expect.objectContaining({ code: "remote-refused", why: "out-of-reach" }),
    );
    expect(() => checkTarget(new URL(`http://${host}/`), "anywhere")).not.toThrow();
  });

  it.each(["169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]"])(
    "%s is out of every reach",
    (host) => {
      for (const reach of ["public", "loopback", "anywhere"] as const)
        expect(() => checkTarget(new URL(`http://${host}/`), reach)).toThrow(/Milepost asks nothing there/);
    },
  );

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:text/plain,x"])(
    "is not fetched by %s",
    (url) => {
      expect(() => checkTarget(new URL(url), "anywhere")).toThrow(/by http and https only/);
    },
  );
});

describe("a name", () => {
  const look = (lookup: ReturnType<typeof createLookup>, name: string) =>
    new Promise<unknown>((resolve) =>
      lookup(name, { all: true }, (error, found) =>
        resolve(error ?? (Array.isArray(found) ? found.map(({ address }) => address) : found)),
      ),
    );
  const resolver = resolverOf({
    "inside.example": [["10.0.0.5"]],
    "both.example": [["8.8.8.8", "10.0.0.5", "169.254.169.254"]],
    "metadata.example": [["169.254.169.254"]],
    "turning.example": [["8.8.8.8"], ["127.0.0.1"], ["9.9.9.9"]],
  });

  it.each<[Reach, string, unknown]>([
    ["public", "inside.example", { why: "out-of-reach" }],
    ["anywhere", "inside.example", ["10.0.0.5"]],
    ["public", "both.example", ["8.8.8.8"]],
    ["anywhere", "both.example", ["8.8.8.8", "10.0.0.5"]],
    ["anywhere", "metadata.example", { why: "out-of-reach", code: "remote-refused" }],
    ["public", "nobody.example", { code: "ENOTFOUND" }],
    ["anywhere", "demo.apps.localhost", ["127.0.0.1"]],
    ["public", "demo.apps.localhost", { why: "out-of-reach" }],
  ])("within reach “%s” leads %s to %o", async (reach, name, led) => {
    expect(await look(createLookup(reach, { resolve: resolver }), name)).toMatchObject(led as object);
  });

  it("that led to the Internet does not lead inside later, and may lead elsewhere in the Internet", async () => {
    const lookup = createLookup("anywhere", { resolve: resolver, steady: true });
    expect(await look(lookup, "turning.example")).toEqual(["8.8.8.8"]);
    expect(await look(lookup, "turning.example")).toMatchObject({ why: "out-of-reach" });
    expect(await look(lookup, "turning.example")).toEqual(["9.9.9.9"]);
  });
});
