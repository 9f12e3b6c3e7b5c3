import { runHere } from "#connectors/here/run-here.ts";
import { sshTarget } from "#connectors/ssh/kind.ts";
import type { SshPool } from "#connectors/ssh/pool.ts";
import { command, quote } from "#connectors/ssh/quote.ts";
import type { Connections } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext, StepContext } from "#core/step-context.ts";
import type { DoOptions, PlanLine } from "#core/workflow.ts";
import type { Shell, ShellOptions, Written } from "./shell-options.ts";

export interface ShellDeps {
  connections: Connections;
  machines: SshPool;
  /** What commands on this machine find in their environment besides. */
  environment: Readonly<Record<string, string | undefined>>;
}

const usualLimitMs = 3_600_000;
const keptChars = 64 * 1024;

export const createShell =
  (deps: ShellDeps): Shell =>
  <I, R, T = string>({
    script,
    shell = ["sh"],
    env,
    on,
    gives,
    timeoutMs = usualLimitMs,
    ...claim
  }: ShellOptions<I, R, T>) => {
    const argv = [...shell, "-c", script];
    const run = async (ctx: DoContext<I, R>): Promise<T> => {
      const variables = checked(env?.(ctx) ?? {});
      const server = on?.(ctx) ?? null;
      const written =
        server === null
          ? await here(deps, argv, variables, ctx, timeoutMs)
          : await there(deps, server, argv, variables, ctx, timeoutMs);
      return gives === undefined ? (lastLine(written.stdout) as T) : gives(written);
    };
    const plan = async (ctx: StepContext<I, R>) => {
      const server = on?.(ctx) ?? null;
      const where = server === null ? "this machine" : (await deps.connections.open(server)).connection.name;
      const set = Object.entries(checked(env?.(ctx) ?? {})).map(([name, value]) => `${name}=${quote(value)}`);
      const lines: PlanLine[] = [
        { kind: "words", text: `It would run this on ${where}:` },
        { kind: "command", text: [...set, command(argv)].join(" ") },
      ];
      return { lines };
    };
    return {
      ...claim,
      run,
      plan,
      timeoutMs: timeoutMs + 30_000,
      stopWithinMs: 10_000,
    } as unknown as DoOptions<I, R, T>;
  };

const nameRule = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** They change which programs a shell runs, not what those are told. */
const meddling = /^(PATH|IFS|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|PS4|LD_.*|DYLD_.*)$/;

const checked = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  for (const [name, value] of Object.entries(variables)) {
    if (!nameRule.test(name) || meddling.test(name))
      throw new AppError("bad-input", `A script cannot be given a variable called “${name}”.`);
    if (value.includes("\0"))
      throw new AppError(
        "bad-input",
        `What the script is given as “${name}” holds a NUL character; remove it.`,
      );
  }
  return variables;
};

const here = async <I, R>(
  { environment }: ShellDeps,
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  ctx: DoContext<I, R>,
  timeoutMs: number,
): Promise<Written> => {
  const [stdout, stderr] = [taker(ctx, "info"), taker(ctx, "error")];
  const { code, signal } = await runHere(argv, {
    signal: ctx.signal,
    env: { PYTHONUNBUFFERED: "1", ...environment, ...variables },
    timeoutMs,
    onStdout: stdout.piece,
    onStderr: stderr.piece,
  });
  for (const one of [stdout, stderr]) one.end();
  assertEnded("this machine", code, signal, stderr.kept());
  return { stdout: stdout.kept(), stderr: stderr.kept() };
};

const there = async <I, R>(
  { connections, machines }: ShellDeps,
  id: string,
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  ctx: DoContext<I, R>,
  timeoutMs: number,
): Promise<Written> => {
  const { connection, values } = await connections.open(id);
  using ssh = machines.lease(id, sshTarget(connection.name, values), ctx);
  const { code, signal, stdout, stderr } = await ssh.exec(command(argv), {
    signal: ctx.signal,
    env: { PYTHONUNBUFFERED: "1", ...variables },
    timeoutMs,
    onStdout: (line) => report(ctx, line, "info"),
    onStderr: (line) => report(ctx, line, "error"),
  });
  assertEnded(connection.name, code, signal, stderr);
  return { stdout: stdout.slice(-keptChars), stderr: stderr.slice(-keptChars) };
};

const assertEnded = (where: string, code: number | null, signal: string | null, stderr: string): void => {
  if (code === 0) return;
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
  const detail = stderr.trim().slice(-4_000);
  throw new AppError("remote-failed", `The script ${how} on ${where}.`, {
    canPass: false,
    ...(detail === "" ? {} : { detail }),
  });
};

/** Cuts pieces into lines; the end of each output is kept. */
const taker = <I, R>(ctx: DoContext<I, R>, level: "info" | "error") => {
  let kept = "";
  let rest = "";
  return {
    piece: (piece: string) => {
      kept = (kept + piece).slice(-keptChars);
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) report(ctx, line.replace(/\r$/, ""), level);
      // What is written over comes as it is now, and what follows takes its place.
      const over = rest.slice(0, -1).lastIndexOf("\r");
      if (over >= 0) {
        report(ctx, `${rest.slice(0, over)}\r`, level);
        rest = rest.slice(over + 1);
      }
    },
    end: () => {
      if (rest !== "") report(ctx, rest, level);
      rest = "";
    },
    kept: () => kept,
  };
};

/** What a script says of its own progress: `::progress 3/10 files`. */
const told = /^::progress (\d{1,15})\/(\d{1,15})(?: (.{1,100}))?\r?$/;

const report = <I, R>(ctx: DoContext<I, R>, line: string, level: "info" | "error"): void => {
  const [, done, total, what = "done"] = told.exec(line) ?? [];
  if (done === undefined) ctx.log(line, level);
  else ctx.progress(Number(done), Number(total), what);
};

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
