import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import { createSshPool, type Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import { type SshSandbox, startSshSandbox } from "#sandbox/ssh/sandbox.ts";

/** The sandbox, reached as a workflow reaches any machine. */
export interface Node1 {
  dataDir: string;
  sandbox: SshSandbox;
  ssh: Ssh;
  run(words: readonly string[], stdin?: string): Promise<ExecResult>;
  openclaw(...words: string[]): Promise<ExecResult>;
  /** What a command with --json printed, whatever its exit code. */
  json(...words: string[]): Promise<Json>;
  config(): Json;
  mode(mode: object): void;
  /** GET on the gateway's own port. */
  gateway(path: string): Promise<Json>;
  close(): Promise<void>;
}

// What the stand-in prints is looked at by matchers only.
export type Json = Record<string, unknown>;

export const never = new AbortController().signal;
export const goodToken = "123456789:abcdefghijklmnopqrstuvwxyz012345678";

export const startNode1 = async (mode: object = {}): Promise<Node1> => {
  const dataDir = mkdtempSync(join(tmpdir(), "milepost-sandbox-"));
  const sandbox = await startSshSandbox({ dataDir, mode });
  const pool = createSshPool();
  const { host, port, user, privateKey, fingerprint } = sandbox;
  const ssh = pool.lease(
    "node1",
    {
      ...{ name: "node1", host, port, user, auth: { privateKey }, hostKey: fingerprint },
    },
    null,
  );
  const run = (words: readonly string[], stdin?: string) =>
    ssh.exec(command(words), { signal: never, ...(stdin === undefined ? {} : { stdin }) });
  const config = () => JSON.parse(readFileSync(join(sandbox.stateDir, "openclaw.json"), "utf8")) as Json;
  return {
    ...{ dataDir, sandbox, ssh, run, config },
    openclaw: (...words) => run(["openclaw", ...words]),
    json: async (...words) => {
      const { stdout, stderr } = await run(["openclaw", ...words, "--json"]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as Json;
    },
    mode: (change) => writeFileSync(join(sandbox.stateDir, "sandbox-mode.json"), JSON.stringify(change)),
    gateway: async (path) => {
      const { gateway } = config() as { gateway: { port: number } };
      return (await (await fetch(`http://127.0.0.1:${gateway.port}${path}`)).json()) as Json;
    },
    close: async () => {
      await pool.close();
      await sandbox.close();
      rmSync(dataDir, { recursive: true });
    },
  };
};
