import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { AppError } from "#core/errors.ts";
import { freePort } from "../free-port.ts";

/**
 * A node whose commands are answered in this process, by the same code that the stand-in's program runs: a process for each would take a
 * sweep over every commit minutes. Files are real ones, and so is the gateway's port.
 */
export interface MachineHere {
  ssh: Ssh;
  home: string;
  stateDir: string;
  gatewayPort: number;
  /** Every command line of OpenClaw since the last `reset`. */
  calls: string[];
  /** Runs one command line of OpenClaw. */
  openclaw(...words: string[]): Promise<ExecResult>;
  /** Keeps all files as they are now, for `reset`. */
  keep(): void;
  /** All files as they were kept, and a gateway that has just been started. */
  reset(): Promise<void>;
  /** Nothing of it is left until it is opened again. */
  close(): Promise<void>;
}

/** One for the whole process, because the stand-in takes its home from the environment when it is loaded; each file begins it anew. */
export const openMachineHere = async (mode: object = {}): Promise<MachineHere> => {
  machine ??= makeMachine();
  const { here, begin } = await machine;
  await begin(mode);
  return here;
};

let machine: ReturnType<typeof makeMachine> | undefined;

const makeMachine = async () => {
  const dir = mkdtempSync(join(tmpdir(), "milepost-here-"));
  const home = join(dir, "home");
  const kept = join(dir, "kept");
  const { answerTo, printed, readArgs, startGateway } = await standInAt(home);
  const calls: string[] = [];
  const openclaw = async (words: readonly string[], stdin = ""): Promise<ExecResult> => {
    calls.push(words.join(" "));
    const answer = await answerTo(readArgs(words, () => stdin));
    return { ...ended, command: words.join(" "), code: answer.code, ...printed(answer) };
  };
  const exec: Ssh["exec"] = async (command, { stdin, onStdout, onStderr }) => {
    const result = command.startsWith("openclaw ")
      ? await openclaw(wordsOf(command).slice(1), stdin?.toString())
      : ((await readyz(command, olderMs)) ?? (await inShell(command, home)));
    for (const [text, tell] of [[result.stdout, onStdout] as const, [result.stderr, onStderr] as const])
      for (const line of text.split("\n")) if (line !== "") tell?.(line);
    return result;
  };
  let gateway: Awaited<ReturnType<typeof startGateway>> | null = null;
  // As if it had been up for an hour when a test begins: what was started just now cannot be told from what is started again.
  let olderMs = 0;
  const onSignal = () => {
    olderMs = 0;
    gateway?.restart();
  };
  const stop = async () => {
    for (const signal of signals) process.off(signal, onSignal);
    await gateway?.stop();
    gateway = null;
  };
  const here: MachineHere = {
    ssh: {
      name: "node1",
      exec,
      ...filesHere,
      end: unused,
      work: unused,
      release: () => {},
      [Symbol.dispose]: () => {},
    },
    home,
    stateDir: join(home, ".openclaw"),
    gatewayPort: await freePort(),
    calls,
    openclaw: (...words) => openclaw(words),
    keep: () => {
      rmSync(kept, { recursive: true, force: true });
      cpSync(home, kept, { recursive: true, preserveTimestamps: true });
    },
    reset: async () => {
      await stop();
      rmSync(home, { recursive: true, force: true });
      cpSync(kept, home, { recursive: true, preserveTimestamps: true });
      calls.length = 0;
      for (const signal of signals) process.on(signal, onSignal);
      olderMs = 3_600_000;
      gateway = await startGateway(() => {});
    },
    close: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  const begin = async (mode: object) => {
    await stop();
    rmSync(home, { recursive: true, force: true });
    mkdirSync(here.stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(here.stateDir, "sandbox-mode.json"), JSON.stringify(mode));
    await openclaw(["setup", "--gateway-port", String(here.gatewayPort)]);
    const secret = ["models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", "main"];
    await openclaw(secret, "key");
    here.keep();
  };
  return { here, begin };
};

/** By which a gateway is told to start anew, by versions. */
const signals = ["SIGUSR1", "SIGUSR2"] as const;

/** No workflow of bots does that. */
const unused = (): never => {
  throw new Error("Nothing of bots needs that of a machine.");
};

const standInAt = async (home: string) => {
  const before = process.env.HOME;
  process.env.HOME = home;
  const { answerTo, printed } = await import("#sandbox/ssh/openclaw/commands.ts");
  const { readArgs } = await import("#sandbox/ssh/openclaw/args.ts");
  const { startGateway } = await import("#sandbox/ssh/openclaw/gateway.ts");
  process.env.HOME = before;
  return { answerTo, printed, readArgs, startGateway };
};

const ended: ExecResult = {
  ...{ command: "", code: 0, signal: null, stdout: "", stderr: "" },
  ...{ truncated: false, noise: "", durationMs: 1, stop: null },
};

/** The words of a command line that `command` of quote.ts built. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ""),
  );

const inShell = (command: string, home: string): Promise<ExecResult> =>
  new Promise((resolve) => {
    const env = { ...process.env, HOME: home };
    execFile("/bin/sh", ["-c", command], { cwd: home, env }, (error, stdout, stderr) =>
      resolve({ ...ended, command, code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });

/** The question whether the gateway is ready, between two looks at the clock; null for any other command. */
const readyz = async (command: string, olderMs: number): Promise<ExecResult | null> => {
  const address = /http:\/\/127\.0\.0\.1:\d+\/readyz/.exec(command)?.[0];
  if (address === undefined) return null;
  const seconds = () => Math.floor(Date.now() / 1_000);
  const before = seconds();
  const said = await fetch(address).then(
    async (answer) => {
      const told = (await answer.json()) as { uptimeMs: number };
      return JSON.stringify({ ...told, uptimeMs: told.uptimeMs + olderMs });
    },
    () => "",
  );
  return { ...ended, command, stdout: `${before}\n${said}\n${seconds()}\n` };
};

const filesHere: Pick<Ssh, "upload" | "read" | "stat" | "exists" | "remove"> = {
  upload: async (content, path, { mode }) => {
    writeFileSync(path, content, { mode });
    const sha256 = createHash("sha256").update(content).digest("hex");
    return { path, sizeBytes: Buffer.byteLength(content), mode, sha256 };
  },
  read: async (path) => {
    if (!existsSync(path)) throw new AppError("not-found", `There is no ${path}.`);
    return readFileSync(path);
  },
  stat: async (path) => {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined) return null;
    const kind = there.isDirectory() ? "directory" : there.isSymbolicLink() ? "link" : "file";
    return { kind, mode: there.mode & 0o777, sizeBytes: there.size, modifiedAt: there.mtimeMs };
  },
  exists: async (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  remove: async (path) => {
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    rmSync(path, { force: true });
    return isThere;
  },
};
