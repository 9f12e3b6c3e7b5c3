import { describe, expect, it } from "vitest";
import { openclawCommand, sshKind, sshTarget } from "#connectors/ssh/kind.ts";
import { sampleKey, samplePublicKey } from "./sample-key.ts";

const values = {
  host: "node1.example",
  port: "22",
  user: "deploy",
  privateKey: sampleKey,
  passphrase: "",
  password: "",
  agentSocket: "",
  client: "own",
  certificate: "",
  jumps: "",
  sshConfig: "",
  hostKey: "",
  openclaw: "openclaw",
  tags: "",
  restartLimitS: "120",
  commandLimitS: "180",
};

describe("an SSH connection's form", () => {
  it("tidies what was pasted", () => {
    const tidied = sshKind.check({
      ...values,
      host: " [2001:db8::1] ",
      port: "",
      privateKey: `\r\n${sampleKey.replaceAll("\n", "\r\n")}  `,
      openclaw: " ",
      restartLimitS: "",
      commandLimitS: " 180",
    });
    expect(tidied).toEqual({ ...values, host: "2001:db8::1", privateKey: sampleKey });
  });

  it("keeps all that it gives back when it is checked again", () => {
    expect(sshKind.check(sshKind.check(values))).toEqual(sshKind.check(values));
  });

  it.each([
    [{ host: "deploy@node1" }, "host"],
    [{ host: "node1:22" }, "host"],
    [{ host: "" }, "host"],
    [{ port: "0" }, "port"],
    [{ port: "ssh" }, "port"],
    [{ port: "65536" }, "port"],
    [{ user: "me@node1" }, "user"],
    [{ user: "" }, "user"],
    [{ privateKey: "" }, "privateKey"],
    [{ privateKey: "no key at all" }, "privateKey"],
    [{ privateKey: samplePublicKey }, "privateKey"],
    [{ agentSocket: "agent.sock" }, "agentSocket"],
    [{ hostKey: "who knows" }, "hostKey"],
    [{ openclaw: "openclaw\nrm -rf /" }, "openclaw"],
    [{ restartLimitS: "soon" }, "restartLimitS"],
    [{ commandLimitS: "5" }, "commandLimitS"],
  ])("refuses %j at its field", (change, field) => {
    expect(() => sshKind.check({ ...values, ...change })).toThrow(
      expect.objectContaining({ code: "bad-input", field }),
    );
  });

  /** A file as ssh-keygen writes it for a type that it can hold and we cannot use (PROTOCOL.key of OpenSSH). */
  const keyFile = (type: string) => {
    const text = (value: string | Buffer) => {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const one = Buffer.from([0, 0, 0, 1]);
    const inner = Buffer.concat([Buffer.alloc(8), text(type), text("x"), Buffer.from([1, 2, 3, 4, 5, 6, 7])]);
    const all = [
      Buffer.from("openssh-key-v1\0"),
      text("none"),
      text("none"),
      text(""),
      one,
      text(text(type)),
      text(inner),
    ];
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.concat(all).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
  };

  it.each([
    ["a security key's", keyFile("sk-ssh-ed25519@openssh.com"), "lives in a security key"],
    ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "PuTTY's own format"],
    ["one with its certificate", `${sampleKey}ssh-ed25519-cert-v01@openssh.com AAAA me\n`, "certificate"],
  ])("calls a whole key by its name when it is %s", (_, privateKey, says) => {
    expect(() => sshKind.check({ ...values, privateKey })).toThrow(says);
  });

  it("takes the line that ssh-keygen -l prints for a host key", () => {
    const printed = `256 SHA256:${"a".repeat(43)} root@vm (ED25519)`;
    expect(sshKind.check({ ...values, hostKey: printed })).toMatchObject({ hostKey: printed });
  });

  it("asks for no secret again when only what is done there changes", () => {
    const stays = sshKind.fields.filter(({ leads }) => leads === false).map(({ name }) => name);
    expect(stays).toEqual(["certificate", "hostKey", "openclaw", "tags", "restartLimitS", "commandLimitS"]);
  });

  it("keeps every secret sealed", () => {
    const open = sshKind.fields.filter(({ secret }) => !secret).map(({ name }) => name);
    expect(open).toEqual([
      ...[
        "host",
        "port",
        "user",
        "agentSocket",
        "client",
        "certificate",
        "jumps",
        "sshConfig",
        "hostKey",
        "openclaw",
        "tags",
        "restartLimitS",
        "commandLimitS",
      ],
    ]);
  });

  it.each([
    [{ certificate: "ssh-ed25519-cert-v01@openssh.com AAAA me" }, "certificate", /Choose the system's ssh/],
    [{ client: "openssh", certificate: "ssh-ed25519 AAAA" }, "certificate", /no OpenSSH certificate/],
    [{ client: "putty" }, "client", /one of the two/],
    [{ client: "openssh", agentSocket: "/run/agent" }, "agentSocket", /not both/],
    [{ client: "openssh", user: "a%h" }, "user", /Milepost's own client/],
    [
      { client: "openssh", sshConfig: "ProxyCommand evil" },
      "sshConfig",
      /runs no command on its own machine/,
    ],
  ])("refuses %j at its field", (typed, field, says) => {
    const error = (() => {
      try {
        return sshKind.check({ ...values, ...typed });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: "bad-input", field, message: expect.stringMatching(says) });
  });

  it("lets the system's ssh sign in by what its own file has, and by keys that Milepost's client cannot use", () => {
    const bySsh = { ...values, client: "openssh" };
    expect(sshKind.check({ ...bySsh, privateKey: "", user: "" })).toMatchObject({
      client: "openssh",
      user: "",
    });
    expect(sshKind.check({ ...bySsh, privateKey: keyFile("sk-ssh-ed25519@openssh.com") })).toBeDefined();
    expect(sshTarget("n", { ...bySsh, port: "", user: "" }, "/etc/ours")).toMatchObject({
      openssh: { alias: "node1.example", given: {}, configFile: "/etc/ours" },
    });
  });

  it("leads to the target that was stored", () => {
    expect(sshTarget("node1", { ...values, privateKey: "", password: " p w ", port: "2222" })).toEqual({
      ...{ name: "node1", host: "node1.example", port: 2222, user: "deploy", hostKey: "", jumps: [] },
      auth: { password: " p w " },
    });
    expect(openclawCommand({ openclaw: "PATH=/opt/node/bin:$PATH openclaw" })).toBe(
      "PATH=/opt/node/bin:$PATH openclaw",
    );
  });
});
