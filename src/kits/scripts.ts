import { stripVTControlCharacters } from "node:util";
import { AppError } from "#core/errors.ts";
import { exitMeaning } from "#core/exit-meaning.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { createScreen } from "#core/screen.ts";
import type { DoContext, StepContext, UndoContext } from "#core/step-context.ts";
import type { KitDeps, Machine, Ran } from "./machine.ts";
import type { ScriptWork } from "./shell-options.ts";
import { checked, setting, shown } from "./variables.ts";

const undoLimitMs = 3_600_000;

type Context<I, R, K extends string> = Pick<StepContext<I, R, K>, "input" | "results" | "runId" | "secret">;

/** The words that run a script: another one than its own, such as its undo, where that is named. */
export const argvOf = <I, R, K extends string>(
  { shell = ["sh"], script }: ScriptWork<I, R, K>,
  other = script,
): string[] => [...shell, "-c", other];

/** Shell text that sets up all that a script is given, and names it as the arguments. */
export const textFor = <I, R, K extends string>(
  work: ScriptWork<I, R, K>,
  ctx: Context<I, R, K>,
  other?: string,
): string => {
  const secrets = Object.entries(work.secrets ?? {}).map(([name, give]) => [name, give(ctx)] as const);
  return setting({ ...work.env?.(ctx), ...Object.fromEntries(secrets) }, argvOf(work, other));
};

/** Runs it to its end and gives what came; nothing of what it is given is seen in a list of processes, but for the script itself. */
export const runScript = <I, R, K extends string>(
  machine: Machine,
  work: ScriptWork<I, R, K>,
  ctx: Context<I, R, K> & Pick<DoContext<I, R>, "signal">,
  options: {
    script?: string;
    timeoutMs: number;
    onStdout?(line: string): void;
    onStderr?(line: string): void;
  },
): Promise<Ran> => {
  const { script, ...rest } = options;
  return machine.run(["sh", "-c", 'eval "$(cat)"; exec "$@" </dev/null'], {
    ...rest,
    signal: ctx.signal,
    stdin: textFor(work, ctx, script),
  });
};

export const runUndo = async <I, R, T, K extends string>(
  machine: Machine,
  work: ScriptWork<I, R, K>,
  undo: string,
  ctx: UndoContext<I, R, T, K>,
): Promise<void> => {
  const ran = await runScript(machine, work, ctx, {
    ...{ script: undo, timeoutMs: undoLimitMs },
    onStdout: (line) => ctx.log(line),
    onStderr: (line) => ctx.log(line, "error"),
  });
  assertEnded(machine.name, ran, "What was to undo it");
};

export const assertEnded = (where: string, { code, signal, stderr }: Ran, what = "The script"): void => {
  if (code === 0) return;
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
  const detail = stderr.trim().slice(-4_000);
  throw new AppError("remote-failed", `${what} ${how} on ${where}${exitMeaning({ code, signal })}.`, {
    canPass: false,
    ...(detail === "" ? {} : { detail }),
  });
};

/** What would be run, and where. */
export const planOf = async <I, R, K extends string>(
  { connections }: KitDeps,
  work: ScriptWork<I, R, K>,
  ctx: StepContext<I, R, K>,
  verb: string,
  besides = "",
): Promise<{ lines: PlanLine[] }> => {
  const server = work.on?.(ctx) ?? null;
  const where = server === null ? "this machine" : (await connections.open(server)).connection.name;
  const variables = checked(work.env?.(ctx) ?? {});
  return {
    lines: [
      { kind: "words", text: `It would ${verb} ${where}${besides}:` },
      { kind: "command", text: shown(variables, Object.keys(work.secrets ?? {}), argvOf(work)) },
    ],
  };
};

/** The last line that says something, as a terminal would show it and without its colours: it becomes a result, and sentences quote it. */
export const lastLine = (text: string): string => {
  const screen = createScreen();
  screen.write(text);
  screen.end();
  const plain = screen.take().map((line) => stripVTControlCharacters(line).trimEnd());
  return plain.findLast((line) => line !== "") ?? "";
};
