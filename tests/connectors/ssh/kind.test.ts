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
  hostKey: "",
  openclaw: "openclaw",
};

describe("an SSH connection's form", () => {
  it("tidies what was pasted", () => {
    const tidied = sshKind.check({
      ...values,
      host: " [2001:db8::1] ",
      port: "",
      privateKey: `\r\n${sampleKey.replaceAll("\n", "\r\n")}  `,
      openclaw: " ",
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
  ])("refuses %j at its field", (change, field) => {
    expect(() => sshKind.check({ ...values, ...change })).toThrow(
      expect.objectContaining({ code: "bad-input", field }),
    );
  });

  it("keeps every secret sealed", () => {
    const open = sshKind.fields.filter(({ secret }) => !secret).map(({ name }) => name);
    expect(open).toEqual(["host", "port", "user", "agentSocket", "hostKey", "openclaw"]);
  });

  it("leads to the target that was stored", () => {
    expect(sshTarget("node1", { ...values, privateKey: "", password: " p w ", port: "2222" })).toEqual({
      ...{ name: "node1", host: "node1.example", port: 2222, user: "deploy", hostKey: "" },
      auth: { password: " p w " },
    });
    expect(openclawCommand({ openclaw: "PATH=/opt/node/bin:$PATH openclaw" })).toBe(
      "PATH=/opt/node/bin:$PATH openclaw",
    );
  });
});
