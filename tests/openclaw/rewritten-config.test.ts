import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { factsOf } from "#openclaw/check-connection.ts";
import type { NodeDeps } from "#openclaw/deps.ts";

const home = mkdtempSync(join(tmpdir(), "milepost-config-"));
afterAll(() => rmSync(home, { recursive: true }));
const config = join(home, "openclaw.json");

/** A machine whose shell is this one's, with as much of OpenClaw as the look at a node asks. */
const warningsOf = async (): Promise<string[]> => {
  const exec = async (command: string) => {
    const said = command.includes("--version")
      ? { code: 0, stdout: "OpenClaw 2026.9.6 (eb377ac)\n" }
      : command.includes("validate")
        ? { code: 0, stdout: JSON.stringify({ valid: true, path: config, warnings: [] }) }
        : command.includes("gateway.port")
          ? { code: 0, stdout: "18789\n" }
          : null;
    const here = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    const { code, stdout } = said ?? { code: here.status, stdout: here.stdout };
    return { command, code, stdout, stderr: "", signal: null };
  };
  const stat = async (path: string) => ({ kind: lstatSync(path).isSymbolicLink() ? "link" : "file" });
  const ssh = { name: "node1", exec, stat, exists: async () => true, release: () => {} };
  const lent = { ssh, openclaw: "openclaw", commandLimitMs: 60_000, restartLimitMs: 60_000 };
  const deps = { connect: async () => lent } as unknown as Pick<NodeDeps, "connect">;
  const warned: string[] = [];
  const log = (line: string, level?: string) => void (level === "warn" && warned.push(line));
  const at = { input: { connectionId: "n" }, signal: new AbortController().signal, log, runId: "r" };
  await factsOf(deps, at as unknown as Parameters<typeof factsOf>[1]);
  return warned;
};

test("who links or comments the configuration is told that OpenClaw writes it anew, nobody else", async () => {
  writeFileSync(config, '{\n  "env": { "BASE": "https://example.org/*" }\n}\n');
  expect(await warningsOf()).toEqual([]);
  writeFileSync(config, '{\n  // mine\n  "env": {}\n}\n');
  expect(await warningsOf()).toEqual([
    expect.stringMatching(/anew at each change: from the first one on its comments are gone\. /),
  ]);
  rmSync(config);
  writeFileSync(join(home, "mine.json"), '{\n  /* mine */\n  "env": {}\n}\n');
  symlinkSync("mine.json", config);
  expect(await warningsOf()).toEqual([
    expect.stringMatching(/on it is no longer a link and its comments are gone\. What it was stays in /),
  ]);
});
