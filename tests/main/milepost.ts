import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "bin/milepost");

/** Milepost is called from any folder; npm from its own. */
const elsewhere = tmpdir();

type Env = Readonly<Record<string, string>>;

/** Somebody's shell: without what npm and these tests set. */
const shell = (env: Env): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|init_cwd$|vitest|milepost_)/i.test(name)),
  ),
  HOST: "127.0.0.1",
  PORT: "0",
  ...env,
});

/** A folder that is gone after the test. */
export const testFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** `milepost …` to its end. */
export const milepost = (args: readonly string[], env: Env, ours = program): Promise<Said> =>
  new Promise((resolve) => {
    execFile(ours, args, { cwd: elsewhere, env: shell(env) }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, out, err }),
    );
  });

export interface Started {
  process: ChildProcess;
  /** The link that it printed. */
  link: URL;
  said(): string;
  /** Resolves when it is gone, with its code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Runs a command that serves, `milepost serve` unless told otherwise, until it has printed its link; ends with the test. */
export const started = (env: Env, command?: readonly string[]): Promise<Started> => {
  const server = launch(env, command);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  return server.up;
};

/** The same, for whoever ends it. */
export const launch = (
  env: Env,
  [command = "", ...args]: readonly string[] = [program, "serve"],
): { process: ChildProcess; up: Promise<Started> } => {
  const child = spawn(command, args, { cwd: command === program ? elsewhere : root, env: shell(env) });
  let said = "";
  const up = new Promise<Started>((resolve, reject) => {
    const hear = (part: Buffer) => {
      said += part;
      const found = /https?:\S+\/sign-in\?token=\S+(?=\n)/.exec(said);
      if (found !== null) resolve({ process: child, link: new URL(found[0]), said: () => said, end });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("close", () => reject(new Error(said)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const gone = once(child, "exit");
    child.kill(signal);
    return (await gone)[0];
  };
  return { process: child, up };
};

/** Whether somebody answers there. */
export const answers = (origin: string): Promise<boolean> =>
  fetch(new URL("/healthz", origin)).then(
    ({ ok }) => ok,
    () => false,
  );

/** The cookie that a one-time link gives. */
/** Presses the button of the page that a sign-in link opens. */
export const useLink = (link: URL): Promise<Response> =>
  fetch(new URL(link.pathname, link), { method: "POST", body: link.searchParams, redirect: "manual" });

export const cookieOf = async (link: URL | string): Promise<string> => {
  const answer = await useLink(new URL(link));
  return answer.headers.getSetCookie().find((cookie) => cookie.startsWith("milepost-")) ?? "";
};
