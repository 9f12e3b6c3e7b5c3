import { describe, expect, it } from "vitest";
import { wayTo } from "#connectors/ssh/jumps.ts";

const config = `
# work
User everywhere
Host mynode other*
  HostName = node1.internal
  Port 2022
  ProxyJump bastion
Host bastion
  HostName bastion.example.net
  User "jumper"
  IdentityFile ~/.ssh/work
Host !mynode *
  Port 2222
Host circle
  ProxyJump circle
Host run
  ProxyCommand nc %h %p
`;
interface Typed extends Partial<Omit<Parameters<typeof wayTo>[0], "config">> {
  sshConfig?: string;
  mounted?: string;
}
const way = ({ sshConfig = config, mounted = "", ...typed }: Typed) =>
  wayTo({
    ...{ host: "mynode", port: "22", user: "", jumps: "" },
    ...{ config: { pasted: sshConfig, mounted }, ...typed },
  });
const refusal = (typed: Parameters<typeof way>[0]) => {
  try {
    return way(typed);
  } catch (thrown) {
    return thrown;
  }
};

describe("the way to a server", () => {
  it("is what ssh would go with the same lines: the first value counts, of the blocks that fit", () => {
    expect(way({})).toEqual({
      ...{ host: "node1.internal", port: 2022, user: "everywhere" },
      // Its User is said before its own block.
      jumps: [{ host: "bastion.example.net", port: 2222, user: "everywhere" }],
    });
  });

  it("is what was typed where that says more", () => {
    expect(way({ user: "me", port: "23", jumps: "you@a.example:24, b.example" })).toEqual({
      ...{ host: "node1.internal", port: 23, user: "me" },
      jumps: [
        { host: "a.example", port: 24, user: "you" },
        { host: "b.example", port: 2222, user: "everywhere" },
      ],
    });
    expect(way({ sshConfig: "", user: "me", jumps: "[::1]:2200" })).toEqual({
      ...{ host: "mynode", port: 22, user: "me" },
      jumps: [{ host: "::1", port: 2200, user: "me" }],
    });
  });

  it.each([
    [{ host: "circle" }, "jumps", /lead in a circle/],
    [{ jumps: "a b" }, "jumps", /“a b” is no jump host/],
    [{ jumps: "a:99999" }, "jumps", /“a:99999”: The port is a number/],
    [{ host: "run" }, "sshConfig", /^Line 17 of the ssh_config cannot be used\. Milepost runs no command/],
    [{ sshConfig: "Match exec evil\n  Port 1" }, "sshConfig", /Host blocks only/],
    [{ sshConfig: "Host other\nInclude more" }, "sshConfig", /does not read further files/],
    [{ sshConfig: "CertificateFile x-cert.pub" }, "sshConfig", /certificates/],
    [{ sshConfig: "" }, "user", /^The user is/],
    [
      { mounted: "ProxyCommand nc %h %p" },
      "sshConfig",
      /^Line 1 of the ssh_config that MILEPOST_SSH_CONFIG names .* Or choose the system's ssh as the client/,
    ],
  ])("is refused for %j at its field, by what it is", (typed, field, message) => {
    expect(refusal(typed)).toMatchObject({
      ...{ code: "bad-input", field },
      message: expect.stringMatching(message),
    });
  });

  it("is what the operator's file says where nothing was pasted, and never against what was", () => {
    expect(way({ sshConfig: "", mounted: config })).toEqual(way({}));
    expect(way({ mounted: "Host mynode\nHostName elsewhere\nUser other" })).toEqual(way({}));
  });

  it("passes what another block refuses", () => {
    expect(way({ host: "other1" }).jumps).toHaveLength(1);
    expect(way({ sshConfig: "ProxyCommand none", user: "me" }).jumps).toEqual([]);
  });
});
