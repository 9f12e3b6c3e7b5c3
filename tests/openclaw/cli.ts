import { join } from "node:path";
import { expect, vi } from "vitest";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import { traitsOf } from "#openclaw/traits.ts";

/** A machine with OpenClaw set up, its gateway running, Telegram without accounts, and no agent but main. */
export interface OpenclawNode {
  ssh: Ssh;
  /** The command, as a shell there runs it. */
  command: string;
  stateDir: string;
  gatewayPort: number;
  /** Tokens that its Telegram takes and refuses. */
  goodToken: string;
  badToken: string;
  close(): Promise<void>;
}

/** What a command printed is looked at by matchers only. */
export type Json = Record<string, unknown>;

export const never = new AbortController().signal;
/** The real program's commands take seconds, and more on a busy machine. */
export const patienceMs = 120_000;

/** Openclaw's command line on a node, reached over SSH as a workflow reaches it. */
export type Cli = ReturnType<typeof createCli>;

/** `node` is asked each time: it is there only when the cases begin. */
export const createCli = (node: () => OpenclawNode) => {
  const run = (words: readonly string[], stdin?: string): Promise<ExecResult> =>
    node().ssh.exec(command([node().command, ...words]), {
      ...{ signal: never, timeoutMs: patienceMs },
      ...(stdin === undefined ? {} : { stdin }),
    });
  const json = async (...words: readonly string[]) =>
    JSON.parse((await run([...words, "--json"])).stdout) as Json;
  const status = () => json("channels", "status", "--probe", "--timeout", "10000");
  const workspace = (id: string) => join(node().stateDir, `workspace-${id}`);
  return {
    node,
    run,
    json,
    status,
    workspace,
    openclaw: (...words: readonly string[]) => run(words),
    /** What a command printed that must have failed. */
    refused: async (...words: readonly string[]) => {
      const { code, stdout } = await run([...words, "--json"]);
      expect(code).toBe(1);
      return JSON.parse(stdout) as Json;
    },
    /** The words that add an agent. */
    added: (id: string) => ["agents", "add", id, "--workspace", workspace(id), "--non-interactive"],
    /** Puts the token there and gives the words that add an account with it. */
    accountWith: async (account: string, token: string) => {
      const path = join(node().stateDir, `${account}.tok`);
      await node().ssh.upload(token, path, { mode: 0o600, signal: never });
      return ["channels", "add", "--channel", "telegram", "--account", account, "--token-file", path];
    },
    /** The words that remove an account. */
    removed: (account: string) => [
      ...["channels", "remove", "--channel", "telegram", "--account", account, "--delete"],
    ],
    account: async (id: string) => {
      const { channelAccounts } = (await status()) as { channelAccounts?: { telegram?: Json[] } };
      return channelAccounts?.telegram?.find(({ accountId }) => accountId === id);
    },
    config: (path: string) => json("config", "get", path),
    ready: async () => {
      const response = await fetch(`http://127.0.0.1:${node().gatewayPort}/readyz`);
      return { status: response.status, ...((await response.json()) as Json) };
    },
  };
};

/** OpenClaw's envelope of a failure. */
export const refusal = (message: string) => ({ ok: false, error: { type: "cli_error", message } });

export const eventually = (look: () => Promise<void>) =>
  vi.waitFor(look, { timeout: patienceMs, interval: 200 });

/** What an account shows that is at work: accounts have a lifecycle since 2026.8.1. */
export const atWork = (version: string) =>
  traitsOf(version).entries ? { running: true, lifecycle: "ready" } : { running: true };
