import { describe, expect, it } from "vitest";
import {
  checkLiteral,
  checkProtocol,
  guardedLookup,
  isLoopbackHost,
  isPublicAddress,
} from "#connectors/botify/addresses.ts";

describe("addresses", () => {
  it.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "localhost",
    "",
  ])("does not take %s for a public address", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])(
    "takes %s for one",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://0/",
    "http://017700000001/",
  ])("sees through the spelling of %s", (url) => {
    expect(() => checkLiteral(new URL(url).hostname, "public")).toThrow(
      expect.objectContaining({ code: "remote-refused" }),
    );
  });

  it("knows this machine's own names and addresses, and nobody else's", () => {
    expect(["127.9.9.9", "[::1]", "localhost", "localhost.", "a.localhost"].every(isLoopbackHost)).toBe(true);
    expect(["128.0.0.1", "[::2]", "localhost.example", "127.0.0.1.example"].some(isLoopbackHost)).toBe(false);
  });

  it("gives no address for a name that leads inside", async () => {
    const look = (reach: "public" | "loopback") =>
      new Promise((resolve) =>
        guardedLookup(reach)("localhost", { all: true }, (error, found) => resolve(error ?? found)),
      );
    expect(await look("public")).toMatchObject({ code: "remote-refused" });
    expect(await look("loopback")).toEqual(
      expect.arrayContaining([expect.objectContaining({ family: expect.any(Number) })]),
    );
  });

  it("lets nobody lead us from https to plain http", () => {
    const check = (at: string, first: string) => () => checkProtocol(new URL(at), new URL(first));
    expect(check("http://b.example/", "https://a.example/")).toThrow(
      expect.objectContaining({ code: "remote-refused" }),
    );
    expect(check("https://b.example/", "http://a.example/")).not.toThrow();
    expect(check("http://b.example/", "http://a.example/")).not.toThrow();
  });
});
