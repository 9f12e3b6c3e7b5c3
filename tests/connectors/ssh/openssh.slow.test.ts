import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createSshKind, sshTarget } from "#connectors/ssh/kind.ts";
import { createSshPool, type SshPool } from "#connectors/ssh/pool.ts";
import { never } from "./contract.ts";
import { makeKey, printedFingerprint, type Sshd, startSshd } from "./sshd.ts";

/** What only the system's ssh can, on servers that want it. What both clients promise is in contract.ts. */
describe("the system's ssh", () => {
  let root: string;
  let pool: SshPool;
  let count = 0;
  const servers: Sshd[] = [];
  const start = async (extra: readonly string[] = []) => {
    const dir = join(root, `sshd${++count}`);
    mkdirSync(dir);
    const sshd = await startSshd(dir, extra);
    servers.push(sshd);
    return { sshd, dir, hostKey: readFileSync(sshd.hostKeys[0] ?? "", "utf8") };
  };
  const said = async (values: Record<string, string>, configFile: string | null = null) => {
    const checked = createSshKind(configFile).check({ client: "openssh", openclaw: "openclaw", ...values });
    using ssh = pool.lease(`n${++count}`, sshTarget("node1", checked, configFile), null);
    return (await ssh.exec("echo in", { signal: never })).stdout;
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "milepost-by-ssh-"));
  });
  afterEach(async () => {
    await pool.close();
    for (const server of servers.splice(0)) await server.close();
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("signs in by a certificate, where the server knows who signed it and not the key, and with the newest key exchange alone", async () => {
    pool = createSshPool();
    const ca = makeKey(join(root, "ca"));
    const { sshd, dir, hostKey } = await start([
      `TrustedUserCAKeys ${ca}.pub`,
      "KexAlgorithms sntrup761x25519-sha512@openssh.com",
    ]);
    const key = makeKey(join(dir, "mine"));
    execFileSync("ssh-keygen", ["-q", "-s", ca, "-I", "me", "-n", sshd.user, `${key}.pub`]);
    const values = {
      ...{ host: "127.0.0.1", port: String(sshd.port), user: sshd.user, hostKey },
      privateKey: readFileSync(key, "utf8"),
    };
    const certificate = readFileSync(`${key}-cert.pub`, "utf8");
    expect(await said({ ...values, certificate })).toBe("in\n");
    await expect(said(values)).rejects.toMatchObject({ code: "remote-refused", field: "privateKey" });
    await expect(said({ ...values, client: "own" })).rejects.toMatchObject({
      message: expect.stringContaining("is reached by the system's ssh, which a connection may choose"),
    });
  });

  it("follows the operator's ssh_config: an alias, its key and its ProxyCommand, with no secret in the connection", async () => {
    pool = createSshPool();
    const { sshd, dir, hostKey } = await start();
    const config = join(dir, "operators config");
    const proxy = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/%p; cat <&3 & cat >&3'";
    writeFileSync(
      config,
      `Host mynode\n HostName nowhere.invalid\n Port ${sshd.port}\n User ${sshd.user}\n IdentityFile ${join(dir, "client")}\n ProxyCommand ${proxy}\n`,
    );
    const fingerprint = printedFingerprint(sshd.hostKeys[0] ?? "");
    expect(await said({ host: "mynode", hostKey: fingerprint }, config)).toBe("in\n");
    // Its pins are the connection's own, whatever the file says.
    await expect(said({ host: "mynode", hostKey: "" }, config)).rejects.toMatchObject({
      ...{ code: "forbidden", fingerprint },
    });
    await expect(said({ host: "mynode", hostKey }, join(dir, "none"))).rejects.toMatchObject({
      code: "unreachable",
    });
  });

  it("goes through another, checks both host keys, and leaves neither a process nor a file behind", async () => {
    pool = createSshPool();
    const [outer, inner] = [await start(), await start()];
    writeFileSync(join(outer.dir, "client.pub"), readFileSync(join(inner.dir, "client.pub")));
    const lines = [outer, inner].map(({ sshd: { port }, hostKey }) => `[127.0.0.1]:${port} ${hostKey}`);
    const { port, user, privateKey } = inner.sshd;
    const values = {
      ...{ host: "127.0.0.1", port: String(port), user, privateKey },
      jumps: `${user}@127.0.0.1:${outer.sshd.port}`,
    };
    expect(await said({ ...values, hostKey: lines.join("\n") })).toBe("in\n");
    await expect(said({ ...values, hostKey: lines[1] ?? "" })).rejects.toMatchObject({
      ...{ code: "forbidden", fingerprint: printedFingerprint(outer.sshd.hostKeys[0] ?? "") },
      message: expect.stringContaining("The host key of the jump host 127.0.0.1 of node1"),
    });
    // By fingerprints as well each is taken for itself alone: neither poses as the other.
    const prints = [outer, inner].map(({ sshd }) => printedFingerprint(sshd.hostKeys[0] ?? ""));
    const [outerPrint = "", innerPrint = ""] = prints;
    const named = `[127.0.0.1]:${outer.sshd.port} ${outerPrint}`;
    expect(await said({ ...values, hostKey: `${named}\n${innerPrint}` })).toBe("in\n");
    await expect(said({ ...values, hostKey: prints.join("\n") })).rejects.toMatchObject({
      ...{ why: "unknown", pin: named },
    });
    await expect(said({ ...values, hostKey: `${named}\n${outerPrint}` })).rejects.toMatchObject({
      ...{ why: "changed", fingerprint: innerPrint },
    });
    const running = () => execFileSync("ps", ["-A", "-ww", "-o", "args"], { encoding: "utf8" });
    const [, folder = ""] = /(\/\S*milepost-ssh-\w+)\/config/.exec(running()) ?? [];
    // Neither the key nor anything that stands for it is in a file.
    for (const name of readdirSync(folder))
      if (name !== "agent" && name !== "c")
        expect(readFileSync(join(folder, name), "utf8")).not.toContain("PRIVATE KEY");
    await pool.close();
    await vi.waitFor(() => expect(running()).not.toContain(folder), { timeout: 50_000 });
    expect(() => readdirSync(folder)).toThrow("ENOENT");
  });
});
