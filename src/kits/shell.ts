import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import { giveFrom } from "./gives.ts";
import { type KitDeps, openMachine, type Ran } from "./machine.ts";
import { made } from "./made.ts";
import { byItself } from "./progress/by-itself.ts";
import { createLines } from "./progress/lines.ts";
import { isFileGrowing, type ProgressReader } from "./progress/reader.ts";
import { assertEnded, lastLine, planOf, runScript, runUndo } from "./scripts.ts";
import type { Shell, ShellOptions } from "./shell-options.ts";

const usualLimitMs = 3_600_000;
const keptChars = 64 * 1024;

export const createShell =
  (deps: KitDeps): Shell =>
  <I, R, T = string, K extends string = never>(options: ShellOptions<I, R, T, K>) => {
    const { on, gives, timeoutMs = usualLimitMs, already, undo, called } = options;
    const { readsOnly, safeBecause, whenInterrupted, detail, weightMs } = options;
    type Context = DoContext<I, R, K>;
    const open = (ctx: Context) => openMachine(deps, on?.(ctx) ?? null, ctx);
    const resultOf = ({ stdout, stderr }: Ran): T =>
      gives === undefined
        ? (lastLine(stdout) as T)
        : giveFrom(
            gives,
            { stdout: stdout.slice(-keptChars), stderr: stderr.slice(-keptChars) },
            stdout,
            "the script",
          );

    const run = async (ctx: Context): Promise<T> => {
      using machine = await open(ctx);
      const reader = readerOf(options, ctx);
      const taking = (level: "info" | "error") => {
        const log = (line: string) => ctx.log(line, level);
        const lines = createLines({ reader, log, now: ctx.now, rowEveryMs: 1_000, live: true });
        const take = (line: string) => {
          const over = line.endsWith("\r");
          const told = lines.line(over ? line.slice(0, -1) : line, { over });
          if (told !== null) ctx.progress(told.done, told.total, told.what, told.unit);
        };
        return { take, end: lines.end };
      };
      const [stdout, stderr] = [taking("info"), taking("error")];
      const ran = await runScript(machine, options, ctx, {
        ...{ timeoutMs, onStdout: stdout.take, onStderr: stderr.take },
      }).finally(() => {
        for (const output of [stdout, stderr]) output.end();
      });
      assertEnded(machine.name, ran, called);
      return resultOf(ran);
    };
    const probe = (script: string) => async (ctx: Context) => {
      using machine = await open(ctx);
      const ran = await runScript(machine, options, ctx, { script, timeoutMs });
      return ran.code === 0
        ? { happened: true, result: resultOf(ran), checked: `On ${machine.name} it is done already.` }
        : { happened: false, checked: `On ${machine.name} it is not done yet.` };
    };
    return made<I, R, T, K>({
      ...{ readsOnly, safeBecause, detail, weightMs, run },
      ...{ timeoutMs: timeoutMs + 30_000, stopWithinMs: 10_000 },
      whenInterrupted: already === undefined ? whenInterrupted : probe(already),
      plan: (ctx: Context) => planOf(deps, options, ctx, "run this on"),
      undo:
        undo === undefined
          ? undefined
          : async (ctx: Parameters<NonNullable<DoOptions<I, R, T, K>["undo"]>>[0]) => {
              using machine = await open(ctx);
              await runUndo(machine, options, undo, ctx);
            },
    });
  };

const readerOf = <I, R, T, K extends string>(
  { progress }: ShellOptions<I, R, T, K>,
  ctx: DoContext<I, R, K>,
): ProgressReader => {
  const reads = typeof progress === "function" ? progress(ctx) : progress;
  // How a file grows is looked at from outside, which only a job does.
  return reads === undefined || isFileGrowing(reads) ? byItself : reads;
};
