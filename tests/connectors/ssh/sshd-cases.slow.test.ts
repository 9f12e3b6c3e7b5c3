import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ForStep } from "#connectors/ssh/earlier-attempt.ts";
import { sshKind } from "#connectors/ssh/kind.ts";
import { createSshPool, type SshPool } from "#connectors/ssh/pool.ts";
import type { SshTarget } from "#connectors/ssh/target.ts";
import { withSmallDisk } from "../../setup/small-disk.ts";
import { isThere, never } from "./contract.ts";
import { makeKey, printedFingerprint, type Sshd, startSshd } from "./sshd.ts";

/** What only a real OpenSSH server, its tools, and its settings can show. */
describe("OpenSSH", () => {
  let root: string;
  const pools: SshPool[] = [];
  const servers: Sshd[] = [];
  let count = 0;
  const start = async (extra: readonly string[] = []) => {
    const dir = join(root, `sshd${++count}`);
    mkdirSync(dir);
    const sshd = await startSshd(dir, extra);
    servers.push(sshd);
    const [ed25519 = "", rsa = ""] = sshd.hostKeys;
    return { sshd, dir, ed25519, rsa };
  };
  const lease = (sshd: Sshd, change: Partial<SshTarget> = {}, of: ForStep | null = null) => {
    const pool = createSshPool();
    pools.push(pool);
    return pool.lease(
      "node1",
      {
        name: "node1",
        host: "127.0.0.1",
        port: sshd.port,
        user: sshd.user,
        auth: { privateKey: sshd.privateKey },
        hostKey: readFileSync(sshd.hostKeys[0] ?? "", "utf8"),
        ...change,
      },
      of,
    );
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "milepost-sshd-"));
  });
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.close();
    for (const server of servers.splice(0)) await server.close();
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("'s own known_hosts file is understood, hashed by ssh-keygen -H", async () => {
    const { sshd, dir } = await start();
    const file = join(dir, "known_hosts");
    const scanned = execFileSync("ssh-keyscan", ["-p", String(sshd.port), "127.0.0.1"], { encoding: "utf8" });
    writeFileSync(file, scanned);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file]);
    const hostKey = readFileSync(file, "utf8");
    expect(hostKey).not.toContain("127.0.0.1");
    expect(await lease(sshd, { hostKey }).exec("echo in", { signal: never })).toMatchObject({
      stdout: "in\n",
    });
    const changed = hostKey.replaceAll(/(AAAA\S{20})\S{4}/g, "$1abcd");
    await expect(lease(sshd, { hostKey: changed }).exec("true", { signal: never })).rejects.toMatchObject({
      why: "changed",
    });
  });

  it("is asked for the host key that is pinned when it has several", async () => {
    const { sshd, rsa } = await start();
    const ssh = lease(sshd, { hostKey: readFileSync(rsa, "utf8") });
    expect(await ssh.exec("echo in", { signal: never })).toMatchObject({ stdout: "in\n" });
  });

  it.each(["rsa", "ecdsa", "ed25519"])("takes an %s key, encrypted by ssh-keygen", async (type) => {
    const { sshd, dir } = await start();
    const path = makeKey(join(dir, "mine"), type, "open sesame");
    writeFileSync(join(dir, "client.pub"), readFileSync(`${path}.pub`));
    const privateKey = readFileSync(path, "utf8");
    const ssh = lease(sshd, { auth: { privateKey, passphrase: "open sesame" } });
    expect(await ssh.exec("echo in", { signal: never })).toMatchObject({ stdout: "in\n" });
  });

  it("lets in whom an SSH agent vouches for", async () => {
    const { sshd, dir } = await start();
    const socket = join(dir, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await vi.waitFor(() => expect(existsSync(socket)).toBe(true), 50_000);
    execFileSync("ssh-add", ["-q", join(dir, "client")], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const ssh = lease(sshd, { auth: { agentSocket: socket } });
    expect(await ssh.exec("echo in", { signal: never })).toMatchObject({ stdout: "in\n" });
    agent.kill();
    await once(agent, "exit");
    const gone = lease(sshd, { auth: { agentSocket: join(dir, "no-agent") } });
    await expect(gone.exec("true", { signal: never })).rejects.toMatchObject({
      code: "bad-input",
      field: "agentSocket",
    });
  });

  it("is reached through two others, each with its own host key checked, and all connections end with the pool", async () => {
    const [outer, inner, last] = [await start(), await start(), await start()];
    const key = readFileSync(join(last.dir, "client.pub"), "utf8");
    for (const { dir } of [outer, inner]) writeFileSync(join(dir, "client.pub"), key);
    const lines = [outer, inner, last].map(
      ({ sshd, ed25519 }) => `[127.0.0.1]:${sshd.port} ${readFileSync(ed25519, "utf8")}`,
    );
    const { user } = last.sshd;
    const jumps = [outer, inner].map(({ sshd: { port } }) => ({ host: "127.0.0.1", port, user }));
    const ssh = lease(last.sshd, { jumps, hostKey: lines.join("\n") });
    // What the server sees of whom it talks to: its own port, and one that a jump host opened.
    const { stdout } = await ssh.exec("echo $SSH_CONNECTION; echo through", { signal: never });
    expect(stdout).toContain(`127.0.0.1 ${last.sshd.port}\nthrough`);
    await ssh.upload("x".repeat(100_000), "file", { mode: 0o600, signal: never });
    expect((await ssh.read("file", { signal: never })).length).toBe(100_000);

    const unknown = lease(last.sshd, { jumps, hostKey: [lines[0], lines[2]].join("\n") });
    await expect(unknown.exec("true", { signal: never })).rejects.toMatchObject({
      ...{ code: "forbidden", fingerprint: printedFingerprint(inner.ed25519) },
      message: expect.stringContaining("The host key of the jump host 127.0.0.1 of node1"),
    });
    // What was pinned of those on the way without their names is not taken for the server's.
    const prints = [outer, inner, last].map(({ ed25519 }) => printedFingerprint(ed25519));
    const unnamed = lease(last.sshd, { jumps, hostKey: prints.join("\n") });
    await expect(unnamed.exec("true", { signal: never })).rejects.toMatchObject({
      ...{ why: "unknown", pin: `[127.0.0.1]:${outer.sshd.port} ${prints[0]}` },
    });
    const closed = lease(last.sshd, { port: 1, jumps, hostKey: lines.join("\n") });
    await expect(closed.exec("true", { signal: never })).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/^The jump host .* does not reach node1 \(.*:1\): .*refused/i),
    });
    // Each of the three machines has a connection of ours, and none once the pool is closed.
    const ours = () => jumps.concat({ ...last.sshd, host: "" }).map(({ port }) => connectionsTo(port));
    expect(Math.min(...ours())).toBeGreaterThan(0);
    for (const pool of pools.splice(0)) await pool.close();
    await vi.waitFor(() => expect(ours()).toEqual([0, 0, 0]), 50_000);
  });

  it("on a machine whose disk is full says just that, and leaves nothing half written", async () => {
    const { sshd } = await start();
    const ssh = lease(sshd);
    await withSmallDisk(1, async (folder) => {
      const upload = ssh.upload("x".repeat(2_000_000), join(folder, "file"), { mode: 0o600, signal: never });
      await expect(upload).rejects.toMatchObject({
        code: "remote-failed",
        message: expect.stringMatching(
          /^The disk of node1 is full: .*file needs 2000000 bytes, and \d+ are free/,
        ),
      });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  it("that allows fewer sessions than we thought still runs everything, one after the other", async () => {
    const { sshd } = await start(["MaxSessions 2"]);
    const ssh = lease(sshd);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ssh.exec(`echo ${i}`, { signal: never })),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}\n`));
  });

  it("that allows a single session still has its command ended, over a connection of its own", async () => {
    const { sshd } = await start(["MaxSessions 1"]);
    let pid = 0;
    const cancel = new AbortController();
    const onStdout = (line: string) => {
      pid = Number(line);
      cancel.abort();
    };
    await expect(
      lease(sshd).exec("echo $$; sleep 1000", { signal: cancel.signal, onStdout }),
    ).rejects.toMatchObject({ code: "cancelled", result: { stop: { signalSent: "TERM", confirmed: true } } });
    expect(pid).toBeGreaterThan(0);
    expect(isThere(pid)).toBe(false);
  });

  it("that runs a forced command instead of ours is found out, and gets no secret", async () => {
    const { sshd, dir } = await start();
    const taken = join(dir, "taken");
    const forced = await start([`ForceCommand echo sorry; cat > ${taken}`]);
    expect(await lease(sshd).exec("true", { signal: never })).toMatchObject({ code: 0 });
    const cancel = new AbortController();
    const running = lease(forced.sshd).exec("cat", { signal: cancel.signal, stdin: "s3cret" });
    await vi.waitFor(() => expect(existsSync(taken)).toBe(true), 50_000);
    cancel.abort();
    await expect(running).rejects.toMatchObject({ code: "cancelled", result: { noise: "sorry\n" } });
    expect(readFileSync(taken, "utf8")).toBe("");
    await expect(lease(forced.sshd).exec("true", { signal: never })).rejects.toMatchObject({
      code: "remote-refused",
      detail: "sorry\n",
    });
    // A step first looks whether an earlier attempt of it still works there.
    const step = { runId: "run1", stepId: "step1" };
    await expect(lease(forced.sshd, {}, step).exec("true", { signal: never })).rejects.toMatchObject({
      message: expect.stringContaining("did not run the command: its login shell or a forced command"),
      detail: "sorry\n",
    });
  });

  it("'s shell noise stays out of results and is shown by “Test connection”", async () => {
    expect(userInfo().shell, "Debian's bash reads .bashrc for commands over SSH as well").toMatch(/bash$/);
    const { sshd } = await start();
    writeFileSync(join(sshd.home, ".bashrc"), "echo hello from bashrc; printf 'and more' >&2\n");
    const result = await lease(sshd).exec("echo out; echo err >&2", { signal: never });
    expect(result).toMatchObject({ stdout: "out\n", stderr: "err\n", noise: "hello from bashrc\nand more" });
    const report = await sshKind.test(formOf(sshd), never);
    expect(report.facts.find(({ label }) => label === "Shell noise")?.value).toContain("hello from bashrc");
  });

  it("killed in the middle of a command says that the effect is not known", async () => {
    const { sshd } = await start();
    let pid = 0;
    const onStdout = (line: string) => {
      pid = Number(line);
      // The server process of this one connection: the parent of the command's shell.
      process.kill(Number(execFileSync("ps", ["-o", "ppid=", "-p", line], { encoding: "utf8" })), "SIGKILL");
    };
    await expect(
      lease(sshd).exec("echo $$; exec sleep 1000", { signal: never, onStdout }),
    ).rejects.toMatchObject({
      code: "unreachable",
      canPass: false,
      message: expect.stringContaining("whether it took effect is not known"),
    });
    if (isThere(pid)) process.kill(pid, "SIGKILL");
  });

  describe("in “Test connection”", () => {
    it("with nothing pinned fails with the fingerprint that ssh-keygen prints", async () => {
      const { sshd, ed25519 } = await start();
      const report = await sshKind.test({ ...formOf(sshd), hostKey: "" }, never);
      expect(report.ok).toBe(false);
      expect(report.sentence).toContain("is not pinned yet");
      expect(report.facts).toContainEqual({
        label: "Host key fingerprint",
        value: printedFingerprint(ed25519),
      });
      const hostKey = report.offer?.value ?? "";
      expect((await sshKind.test({ ...formOf(sshd), hostKey }, never)).sentence).toContain("Signed in");
      // A key that is another than the pinned one is never offered.
      const changed = await sshKind.test({ ...formOf(sshd), hostKey: `SHA256:${"A".repeat(43)}` }, never);
      expect(changed).toMatchObject({ ok: false, sentence: expect.stringContaining("has changed") });
      expect(changed.offer).toBeUndefined();
    });

    it("is green without OpenClaw where nobody said that it is there: only bots need it", async () => {
      const { sshd } = await start();
      const report = await sshKind.test(formOf(sshd), never);
      expect(report.sentence).toMatch(
        /^Signed in to 127\.0\.0\.1 as .*\. It has no OpenClaw, which only bots need\.$/,
      );
      expect(report.ok).toBe(true);
    });

    it("shows who, how fast, which key, and that the OpenClaw is missing that somebody named", async () => {
      const { sshd, ed25519 } = await start();
      const report = await sshKind.test({ ...formOf(sshd), openclaw: "no-such-openclaw" }, never);
      const facts = Object.fromEntries(report.facts.map(({ label, value }) => [label, value]));
      // What bots need is missing, so the test is not green.
      expect(report.ok).toBe(false);
      expect(report.sentence).toMatch(/^Signed in to 127\.0\.0\.1 as .*\. OpenClaw does not answer/);
      expect(facts).toMatchObject({
        User: sshd.user,
        "Shell noise": "none",
        OpenClaw: expect.stringContaining("exit code 127"),
        "OpenClaw's place": "not found in PATH",
        "Host key fingerprint": printedFingerprint(ed25519),
        "Host key type": "ssh-ed25519",
      });
    });

    it("says what is wrong instead of throwing", async () => {
      const { sshd, dir } = await start();
      const privateKey = readFileSync(makeKey(join(dir, "stranger")), "utf8");
      const report = await sshKind.test({ ...formOf(sshd), privateKey }, never);
      expect(report).toMatchObject({
        ok: false,
        sentence: expect.stringContaining("does not accept the sign-in"),
      });
    });
  });

  const formOf = (sshd: Sshd) => ({
    host: "127.0.0.1",
    port: String(sshd.port),
    user: sshd.user,
    privateKey: sshd.privateKey,
    hostKey: readFileSync(sshd.hostKeys[0] ?? "", "utf8"),
    openclaw: "openclaw",
  });
});

/** Established TCP connections of this machine to a port of it (proc(5), /proc/net/tcp). */
const connectionsTo = (port: number): number => {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , there = "", state]) => there.endsWith(remote) && state === "01").length;
};
