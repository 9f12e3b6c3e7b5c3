import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sshKind } from "#connectors/ssh/kind.ts";
import { startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { type Node1, never, startNode1 } from "./node1.ts";

let node1: Node1 | null = null;
afterEach(async () => {
  await node1?.close();
  node1 = null;
});

describe("the SSH sandbox", () => {
  it("has the same keys, files, bots and port of its gateway after a restart", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "milepost-sandbox-"));
    const portOf = (stateDir: string) =>
      JSON.parse(readFileSync(join(stateDir, "openclaw.json"), "utf8")).gateway.port;
    const first = await startSshSandbox({ dataDir });
    const port = portOf(first.stateDir);
    writeFileSync(join(first.home, "kept"), "yes");
    await first.close();
    const second = await startSshSandbox({ dataDir });
    expect(second).toMatchObject({
      privateKey: first.privateKey,
      fingerprint: first.fingerprint,
      home: first.home,
    });
    expect(readFileSync(join(second.home, "kept"), "utf8")).toBe("yes");
    expect(portOf(second.stateDir)).toBe(port);
    for (const key of ["host_key", "client_key"])
      expect(statSync(join(dataDir, "keys", key)).mode & 0o777).toBe(0o600);
    await second.close();
    rmSync(dataDir, { recursive: true });
  });

  it("starts also when somebody broke its OpenClaw", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "milepost-sandbox-"));
    const first = await startSshSandbox({ dataDir });
    await first.close();
    writeFileSync(join(first.stateDir, "openclaw.json"), "{ nonsense");
    const second = await startSshSandbox({ dataDir });
    await second.close();
    rmSync(dataDir, { recursive: true });
  });

  it("answers “Test connection” with the version and place of its OpenClaw", async () => {
    node1 = await startNode1();
    const { host, port, user, privateKey, fingerprint, home } = node1.sandbox;
    const report = await sshKind.test(
      { host, port: String(port), user, privateKey, hostKey: fingerprint, openclaw: "openclaw" },
      never,
    );
    expect(report).toMatchObject({
      ok: true,
      sentence: expect.stringContaining("OpenClaw 2026.9.6 answers."),
    });
    expect(report.facts).toEqual(
      expect.arrayContaining([
        { label: "OpenClaw's place", value: join(node1.dataDir, "bin", "openclaw") },
        { label: "Home", value: home },
        { label: "Shell noise", value: "none" },
      ]),
    );
  });

  it("shows and changes files of its home alone over SFTP", async () => {
    node1 = await startNode1();
    const { ssh, sandbox, dataDir } = node1;
    const outside = join(dataDir, "outside");
    writeFileSync(outside, "secret");
    symlinkSync(outside, join(sandbox.home, "link"));
    for (const path of [outside, "../outside", "link", "/etc/passwd", `${sandbox.home}/../outside`])
      await expect(ssh.read(path, { signal: never }), path).rejects.toMatchObject({ code: "remote-refused" });
    const planting = ssh.upload("x", "../planted", { mode: 0o600, signal: never });
    await expect(planting).rejects.toMatchObject({ code: "remote-refused" });
    expect(existsSync(join(dataDir, "planted"))).toBe(false);
    await expect(ssh.stat("/etc/passwd", never)).rejects.toMatchObject({ code: "remote-refused" });
    await expect(ssh.remove(outside, never)).rejects.toMatchObject({ code: "remote-refused" });
    expect(existsSync(outside)).toBe(true);
    await ssh.upload("fine", "inside", { mode: 0o600, signal: never });
    expect(readFileSync(join(sandbox.home, "inside"), "utf8")).toBe("fine");
  });

  it("leaves no gateway behind, not even when it is killed", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "milepost-sandbox-"));
    const source = new URL("../../../src/sandbox/ssh/sandbox.ts", import.meta.url).href;
    const script = `
      const { startSshSandbox } = await import(${JSON.stringify(source)});
      await startSshSandbox({ dataDir: ${JSON.stringify(dataDir)} });
      console.log("up");`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(createInterface({ input: child.stdout }), "line");
    const config = readFileSync(join(dataDir, "home", ".openclaw", "openclaw.json"), "utf8");
    const { gateway } = JSON.parse(config) as { gateway: { port: number } };
    const health = () => fetch(`http://127.0.0.1:${gateway.port}/healthz`);
    await vi.waitFor(async () => expect((await health()).status).toBe(200), 50_000);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(health()).rejects.toThrow(), 50_000);
    rmSync(dataDir, { recursive: true, maxRetries: 5 });
  });
});
