import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import { createSshPool, type Ssh } from "#connectors/ssh/pool.ts";
import { command, quote } from "#connectors/ssh/quote.ts";
import { traitsOf } from "#openclaw/traits.ts";
import { type Sshd, startSshd } from "../connectors/ssh/sshd.ts";
import { freePort } from "../free-port.ts";
import { type Installed, installOpenclaw, openclawVersion } from "./install.ts";
import { type ModelProvider, startModelProvider } from "./model-provider.ts";
import { startTelegram, type Telegram } from "./telegram.ts";

/** A node as people have it: OpenSSH's sshd, a home of its own, the real OpenClaw set up in it and its gateway running. */
export interface Machine {
  sshd: Sshd;
  /** Line of the sshd's host key. */
  hostKey: string;
  ssh: Ssh;
  telegram: Telegram;
  provider: ModelProvider;
  /** Absolute paths: the command, and where it keeps its things. */
  command: string;
  stateDir: string;
  gatewayPort: number;
  /** One whose provider is on loopback and answers. */
  model: string;
  /** Runs openclaw over SSH, as a workflow does. */
  openclaw(...words: readonly string[]): Promise<ExecResult>;
  config(): Config;
  close(): Promise<void>;
}

/** What OpenClaw wrote into its openclaw.json, as far as tests look at it. */
export interface Config {
  agents?: { entries?: Record<string, Record<string, unknown>> };
  channels?: { telegram?: { accounts?: Record<string, Record<string, unknown>> } };
  bindings?: { agentId: string; match: { channel: string; accountId: string } }[];
}

const never = new AbortController().signal;

export const startMachine = async (): Promise<Machine> => {
  const installed = await installOpenclaw(openclawVersion);
  await using started = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "milepost-openclaw-"));
  started.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const telegram = await startTelegram();
  started.defer(telegram.close);
  const provider = await startModelProvider("It does.");
  started.defer(provider.close);
  const sshd = await startSshd(dir);
  started.defer(sshd.close);
  const place = {
    wrapper: writeWrapper(dir, installed),
    home: sshd.home,
    gatewayPort: await freePort(),
    dir,
  };
  await setUp(place, telegram.origin, provider);
  const gateway = await startGateway(place);
  started.defer(() => endOf(gateway));
  const pool = createSshPool();
  started.defer(pool.close);
  const hostKey = readFileSync(sshd.hostKeys[0] ?? "", "utf8");
  const { port, user, privateKey } = sshd;
  const ssh = pool.lease(
    "node1",
    {
      ...{ name: "node1", host: "127.0.0.1", port, user, auth: { privateKey }, hostKey },
    },
    null,
  );
  const stateDir = join(sshd.home, ".openclaw");
  const all = started.move();
  return {
    model: "standin/tiny",
    ...{
      sshd,
      hostKey,
      ssh,
      telegram,
      provider,
      command: place.wrapper,
      stateDir,
      gatewayPort: place.gatewayPort,
    },
    openclaw: (...words) =>
      ssh.exec(command([place.wrapper, ...words]), { signal: never, timeoutMs: 120_000 }),
    config: () => JSON.parse(readFileSync(join(stateDir, "openclaw.json"), "utf8")) as Config,
    close: () => all.disposeAsync(),
  };
};

const writeWrapper = (dir: string, { node, script }: Installed): string => {
  const path = join(dir, "bin", "openclaw");
  mkdirSync(join(dir, "bin"));
  writeFileSync(path, `#!/bin/sh\nexec ${quote(node)} ${quote(script)} "$@"\n`, { mode: 0o755 });
  return path;
};

interface Place {
  wrapper: string;
  home: string;
  gatewayPort: number;
  /** What is neither the home nor in it goes here. */
  dir: string;
}

/** As a person sets it up, but without asking anything from outside this machine: its Telegram is ours from the first moment. */
const setUp = async (
  { wrapper, home, gatewayPort, dir }: Place,
  telegramOrigin: string,
  provider: ModelProvider,
) => {
  const openclaw = async (words: readonly string[], stdin = "") => {
    const child = execFile(wrapper, words, { env: envOf(home), cwd: home }, () => {});
    let said = "";
    child.stdout?.on("data", (text: string) => (said += text));
    child.stderr?.on("data", (text: string) => (said += text));
    child.stdin?.end(stdin);
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`openclaw ${words.slice(0, 2).join(" ")} ended with ${code}: ${said}`);
  };
  const skipped = ["health", "daemon", "channels", "skills", "search", "ui", "hooks"].map(
    (what) => `--skip-${what}`,
  );
  const gateway = [
    "--gateway-auth",
    "token",
    "--gateway-port",
    String(gatewayPort),
    "--gateway-bind",
    "loopback",
  ];
  const mode = ["--non-interactive", "--accept-risk", "--mode", "local", "--auth-choice", "skip"];
  await openclaw(["setup", ...mode, ...skipped, ...gateway, "--json"]);
  const settings = {
    channels: { telegram: { apiRoot: telegramOrigin } },
    update: { checkOnStart: false },
    logging: { file: join(dir, "openclaw.log") },
    models: { providers: { standin: providerSettings(provider) } },
  };
  await openclaw(["config", "patch", "--stdin"], JSON.stringify(settings));
  const agent = traitsOf(openclawVersion).entries ? ["--agent", "main"] : [];
  const paste = ["models", "auth", "paste-token", "--provider", "openrouter", ...agent];
  await openclaw(paste, "sk-or-v1-not-a-real-one\n");
};

const providerSettings = ({ baseUrl, apiKey }: ModelProvider) => ({
  ...{ baseUrl, apiKey, api: "openai-completions" },
  models: [
    {
      ...{ id: "tiny", name: "Tiny", reasoning: false, input: ["text"], contextWindow: 128_000 },
      ...{ maxTokens: 4_096, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } },
    },
  ],
});

/** Resolves when it is ready. */
const startGateway = async ({ wrapper, home, gatewayPort, dir }: Place) => {
  const gateway = spawn(wrapper, ["gateway", "run"], {
    ...{ cwd: home, env: { ...envOf(home), OPENCLAW_NO_RESPAWN: "1" }, stdio: ["ignore", "pipe", "pipe"] },
  });
  const log = createWriteStream(join(dir, "gateway.log"));
  gateway.stdout.pipe(log, { end: false });
  gateway.stderr.pipe(log, { end: false });
  while (gateway.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${gatewayPort}/readyz`).catch(() => null);
    if (answer?.ok === true) return gateway;
    await wait(200);
  }
  throw new Error(`The gateway ended: ${readFileSync(join(dir, "gateway.log"), "utf8")}`);
};

const envOf = (home: string): NodeJS.ProcessEnv => ({
  ...{ HOME: home, PATH: process.env.PATH, LANG: "C.UTF-8", OPENCLAW_DISABLE_BONJOUR: "1" },
});

const endOf = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(limit);
};
