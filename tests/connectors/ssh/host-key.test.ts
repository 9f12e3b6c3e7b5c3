import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprintOf, pinnedKeyTypes, refusalOf, shownKey } from "#connectors/ssh/host-key.ts";
import { readPins } from "#connectors/ssh/known-hosts.ts";

/** GitHub's public host key and the fingerprint that GitHub publishes for it. */
const base64 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const printed = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
const key = `ssh-ed25519 ${base64}`;
const shown = shownKey(Buffer.from(base64, "base64"));

const at = (hostKey: string, change: { host?: string; port?: number } = {}) =>
  refusalOf({ name: "node1", user: "me", host: "node1.example", port: 22, hostKey, ...change }, shown);
const hashed = (name: string) => {
  const salt = Buffer.from("0123456789abcdefghij");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")} ${key}`;
};
const otherKey = `ssh-ed25519 ${Buffer.concat([Buffer.from(base64, "base64").subarray(0, -1), Buffer.from([1])]).toString("base64")}`;

describe("host key pinning", () => {
  it("prints fingerprints as OpenSSH does", () => {
    expect(fingerprintOf(Buffer.from(base64, "base64"))).toBe(printed);
    expect(shown).toEqual({ keyType: "ssh-ed25519", fingerprint: printed });
  });

  it.each([
    ["its name", `node1.example ${key} a comment`, {}],
    ["a list of names", `node2,node1.example,10.0.0.1 ${key}`, {}],
    ["a pattern", `*.example ${key}`, {}],
    ["other capitals", `Node1.Example ${key}`, {}],
    ["its port", `[node1.example]:2222 ${key}`, { port: 2222 }],
    ["its name without the port, as OpenSSH takes it", `node1.example ${key}`, { port: 2222 }],
    ["a hashed name", hashed("node1.example"), {}],
    ["a hashed name with port", hashed("[node1.example]:2222"), { port: 2222 }],
    ["an IPv6 address", `[::1]:2222 ${key}`, { host: "::1", port: 2222 }],
    ["a public key by itself", `${key} root@node1`, {}],
    ["a fingerprint", printed, {}],
    ["its name and a fingerprint", `node1.example ${printed}`, {}],
    ["its name, its port and a fingerprint", `[Node1.example]:2222 ${printed}`, { port: 2222 }],
    ["its name without the port and a fingerprint", `node1.example ${printed}`, { port: 2222 }],
    ["a fingerprint among others", `# my servers\n\nSHA256:${"b".repeat(43)}\n${printed}=`, {}],
  ])("accepts a key pinned by %s", (_, hostKey, change) => {
    expect(at(hostKey, change)).toBeNull();
  });

  it.each([
    ["another name", `node2.example ${key}`, {}],
    ["another port", `[node1.example]:2200 ${key}`, { port: 2222 }],
    ["a negated pattern", `*.example,!node1.example ${key}`, {}],
    ["another hashed name", hashed("node2.example"), {}],
    ["a dot that is no dot", `node1xexample ${key}`, {}],
    ["another name by a fingerprint", `node2.example ${printed}`, {}],
    ["another port by a fingerprint", `[node1.example]:22 ${printed}`, { port: 2222 }],
    ["a certificate authority alone", `@cert-authority * ${key}`, {}],
  ])("does not accept a key pinned for %s", (_, hostKey, change) => {
    expect(at(hostKey, change)).toMatchObject({ why: "unknown", fingerprint: printed });
  });

  it("calls another key of the same host changed, even of another type", () => {
    expect(at(`node1.example ${otherKey}`)).toMatchObject({ why: "changed" });
    expect(at(`SHA256:${"c".repeat(43)}`)?.message).toContain(
      `SHA256:${"c".repeat(43)}, the server shows ${printed}`,
    );
  });

  it("lets no machine on the way pose as the server or as another one, and offers each by its name", () => {
    const way = [
      { host: "a.example", port: 22, user: "me" },
      { host: "b.example", port: 2222, user: "me" },
    ];
    const last = { name: "node1", user: "me", host: "node1.example", port: 22, jumps: way };
    const jump = { ...last, ...way[1], jumps: way.slice(0, 1), onWayTo: "node1" };
    const own = `SHA256:${"d".repeat(43)}`;
    // The key that is shown is that of b.example.
    const hostKey = `[b.example]:2222 ${printed}\n${own}`;
    expect(refusalOf({ ...jump, hostKey }, shown)).toBeNull();
    expect(refusalOf({ ...last, hostKey }, shown)).toMatchObject({ why: "changed" });
    expect(refusalOf({ ...last, ...way[0], onWayTo: "node1", hostKey }, shown)).toMatchObject({
      ...{ why: "unknown", pin: `a.example ${printed}` },
      message: expect.stringContaining(`put “a.example ${printed}” into “Host key”.`),
    });
    // Without a name it is the server's own.
    expect(refusalOf({ ...jump, hostKey: printed }, shown)).toMatchObject({ why: "unknown" });
    expect(refusalOf({ ...last, hostKey: printed }, shown)).toBeNull();
    expect(refusalOf({ ...jump, hostKey: `[b.example]:2222 ${own}` }, shown)).toMatchObject({
      why: "changed",
    });
    expect(refusalOf({ ...jump, hostKey: `${hostKey}\n@revoked ${printed}` }, shown)).toMatchObject({
      why: "revoked",
    });
  });

  it("refuses a revoked key, also when it is trusted as well", () => {
    expect(at(`node1.example ${key}\n@revoked * ${key}`)).toMatchObject({ why: "revoked" });
    expect(at(`node1.example ${key}\n@revoked * ${otherKey}`)).toBeNull();
  });

  it("says which lines it left out", () => {
    const { pins, notes } = readPins(`@cert-authority * ${key}\nnonsense\n${printed}`, fingerprintOf);
    expect(pins).toHaveLength(1);
    expect(notes).toEqual([
      "Line 1 trusts a certificate authority, which Milepost does not read.",
      "Line 2 is neither a known_hosts line nor a fingerprint.",
    ]);
  });

  it("asks the server for a key of the types that are pinned", () => {
    const target = { host: "node1.example", port: 22, hostKey: `node1.example ${key}\nnode2 ssh-rsa AAAA` };
    expect(pinnedKeyTypes(target)).toEqual(["ssh-ed25519"]);
  });
});
