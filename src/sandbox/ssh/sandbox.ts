import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { getCompileCacheDir } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openKeys } from "./keys.ts";
import type { Mode } from "./openclaw/place.ts";
import type { Shell } from "./run-command.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

export interface SshSandbox {
  host: string;
  port: number;
  user: string;
  /** PEM of the one key that may sign in. */
  privateKey: string;
  /** Of the host key: "SHA256:…". */
  fingerprint: string;
  /** Absolute: the home of its user, real files. */
  home: string;
  /** OpenClaw's state folder in it; `sandbox-mode.json` there changes how the stand-in behaves. */
  stateDir: string;
  close(): Promise<void>;
}

interface SandboxOptions {
  /** Keys and home live below it and outlive a restart. */
  dataDir: string;
  /** The one that it had the last time unless told; another one when that is taken. */
  port?: number;
  host?: string;
  /** How its OpenClaw behaves: the fields of `Mode` in openclaw/place.ts. What was set before stays unless told. */
  mode?: Partial<Mode>;
}

const user = "milepost";

/**
 * A machine to try things on: a real SSH server on loopback whose commands run on this machine in a scratch home, with a stand-in for
 * OpenClaw and its gateway. Commands have this process's own rights; the home keeps things apart, it is no wall.
 */
export const startSshSandbox = async ({
  dataDir,
  port,
  host = "127.0.0.1",
  mode,
}: SandboxOptions): Promise<SshSandbox> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const keys = await openKeys(join(dataDir, "keys"));
  const shell = await openShell(dataDir);
  if (mode !== undefined) await setMode(shell, mode);
  const gateway = await startGateway(shell);
  const server = await listenAgain(join(dataDir, "port"), port, (at) =>
    startSshServer({ host, port: at, user, keys, shell }),
  );
  const { privateKey, fingerprint } = keys;
  const { home } = shell;
  return {
    ...{ host, port: server.port, user, privateKey, fingerprint, home },
    stateDir: join(home, ".openclaw"),
    close: async () => {
      await server.close();
      await gateway.close();
    },
  };
};

/** On the port that is noted there, so that addresses survive a restart. */
const listenAgain = async (
  note: string,
  told: number | undefined,
  listen: (port: number) => Promise<SshServer>,
): Promise<SshServer> => {
  if (told !== undefined) return listen(told);
  const before = Number(await readFile(note, "utf8").catch(() => "0"));
  const server = await listen(before).catch((error: unknown) => {
    if (before === 0) throw error;
    return listen(0);
  });
  await writeFile(note, String(server.port), { mode: 0o600 });
  return server;
};

/** The home, and a PATH that begins with the stand-in, started by the Node that runs us. */
const openShell = async (dataDir: string): Promise<Shell> => {
  const bin = join(dataDir, "bin");
  const home = join(dataDir, "home");
  for (const dir of [bin, home]) await mkdir(dir, { recursive: true, mode: 0o700 });
  const program = fileURLToPath(new URL("./openclaw/openclaw.ts", import.meta.url));
  const wrapper = join(bin, "openclaw");
  const word = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  // Node's compile cache more than halves the start of each command; ours, where we have one, that of the first ones too.
  const own = getCompileCacheDir();
  const folder = own === undefined ? join(dataDir, "cache") : dirname(own);
  const cache = `NODE_COMPILE_CACHE=${word(folder)}; export NODE_COMPILE_CACHE`;
  await writeFile(wrapper, `#!/bin/sh\n${cache}\nexec ${word(process.execPath)} ${word(program)} "$@"\n`);
  await chmod(wrapper, 0o755);
  const env = {
    HOME: await realpath(home),
    PATH: `${await realpath(bin)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    USER: user,
    LOGNAME: user,
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
  };
  return { home: env.HOME, env };
};

const setMode = async ({ home }: Shell, mode: Partial<Mode>): Promise<void> => {
  const stateDir = join(home, ".openclaw");
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writeFile(join(stateDir, "sandbox-mode.json"), JSON.stringify(mode), { mode: 0o600 });
};

/**
 * Sets OpenClaw up once and runs its gateway as a service would, on the port that it had before where that is free. It ends with us, even
 * when we are killed: its input is our pipe. A configuration that somebody broke in there is theirs to mend, as on any machine: then there is no gateway.
 */
const startGateway = async (shell: Shell): Promise<{ close(): Promise<void> }> => {
  const isNew = !(await exists(join(shell.home, ".openclaw", "openclaw.json")));
  for (let tries = 1; ; tries++) {
    const port = tries === 1 && !isNew ? await portBefore(shell) : await freePort();
    const setup = ["setup", "--non-interactive", "--json", "--gateway-port", String(port)];
    const done = await openclaw(shell, setup).then(
      () => true,
      (thrown: unknown) => {
        if (isNew) throw thrown;
        return false;
      },
    );
    if (!done) return { close: async () => {} };
    const paste = ["models", "auth", "paste-token", "--agent", "main", "--provider"];
    if (isNew && tries === 1)
      for (const provider of ["anthropic", "openai"])
        await openclaw(shell, [...paste, provider], "sandbox-without-a-model\n");
    const child = spawn("openclaw", ["gateway", "run"], {
      cwd: shell.home,
      env: { ...shell.env, OPENCLAW_SANDBOX_PARENT: "stdin" },
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.stdin.on("error", () => {});
    // Somebody else may have taken the port in between.
    if ((await isUp(child, port)) || tries === 3) return { close: () => endOf(child) };
  }
};

/** Waits until the gateway answers on its port; false when it ended instead. */
const isUp = async (child: ChildProcess, port: number): Promise<boolean> => {
  while (child.exitCode === null && child.signalCode === null) {
    // biome-ignore lint/style/noRestrictedGlobals: this asks a program that the sandbox started itself, on loopback.
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer?.ok === true) return true;
    await wait(20);
  }
  return false;
};

const openclaw = async (shell: Shell, args: readonly string[], stdin = ""): Promise<string> => {
  const child = spawn("openclaw", args, { cwd: shell.home, env: shell.env, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  child.stdin.on("error", () => {}).end(stdin);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new Error(`The sandbox's openclaw ${args.slice(0, 2).join(" ")} failed: ${complaints}`);
  return out;
};

const endOf = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(limit);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What a run under way knows of the gateway stays true over a restart of this machine. */
const portBefore = async ({ home }: Shell): Promise<number> => {
  try {
    const text = await readFile(join(home, ".openclaw", "openclaw.json"), "utf8");
    const config = JSON.parse(text) as { gateway?: { port?: number } };
    return await freePort(config.gateway?.port ?? 0);
  } catch {
    return freePort();
  }
};

const freePort = async (wished = 0): Promise<number> => {
  const server = createServer().listen(wished, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
