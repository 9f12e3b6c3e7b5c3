import { AppError } from "#core/errors.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import { giveFrom } from "#kits/gives.ts";
import { type KitDeps, type Machine, openMachine } from "#kits/machine.ts";
import { byItself } from "#kits/progress/by-itself.ts";
import { createLines, type LinesState, noLines } from "#kits/progress/lines.ts";
import { isFileGrowing, type ReadsProgress, type Told } from "#kits/progress/reader.ts";
import { lastLine, planOf, runUndo, textFor } from "#kits/scripts.ts";
import { type End, endOf } from "./ends.ts";
import type { Job, JobOptions } from "./job-options.ts";
import { linesIn, type Seen } from "./looking.ts";
import { type Place, placeOf } from "./place.ts";
import { begin, endAll, isAlive, lookAt, remove, tailOf } from "./there.ts";

const day = 24 * 3_600_000;
/** Read of its output in one look. */
const mostAtOnce = 256 * 1024;
/** What lies further behind than this is passed over. */
const mostBehind = 8 * 1024 * 1024;
/** A server that is started anew, or a line that is cut, is back within this; what is not is away. */
const beginWithinMs = 600_000;
/** A watcher that does not say who it is after so many looks is not there any more. */
const mostStarting = 5;
/** So often it is begun once more where something ended it from outside. */
const mostAgain = 2;

/** What one look leaves to the next. */
interface Memo {
  /** So many bytes of what it wrote are read. */
  at: number;
  lines: LinesState;
  starting: number;
  /** How often it was begun once more. */
  again: number;
  /** It is to be begun once more. */
  begins?: true;
  /** How much it had written, and when that was last found to have become more. */
  spoke?: { bytes: number; at: number };
  /** How it ended: written down before what tells of it there is removed. */
  end?: End;
}

const fresh: Memo = { at: 0, lines: noLines, starting: 0, again: 0 };

export const createJob =
  (deps: KitDeps): Job =>
  <I, R, T = string, K extends string = never>(options: JobOptions<I, R, T, K>): WaitOptions<I, R, T, K> => {
    type Context = WaitContext<I, R, K>;
    const { limitMs = day, undo } = options;
    const open = (ctx: Context) =>
      openMachine(deps, options.on?.(ctx) ?? null, {
        ...{ runId: ctx.runId, stepId: ctx.stepId, attempt: ctx.attempt },
        log: (line) => ctx.log(line),
      });
    const beginOn = (machine: Machine, ctx: Context, place: Place): Promise<string> =>
      begin(machine, place, textFor(options, ctx), options.shell);

    const lookOn = async (machine: Machine, ctx: Context, place: Place, memo: Memo): Promise<Look<T>> => {
      const reads = readsOf(options, ctx);
      const path = isFileGrowing(reads) ? reads.path : "";
      const from = { from: memo.at, most: mostAtOnce, path, signal: ctx.signal };
      const seen = await lookAt(machine, place, from);
      const behind = seen.writtenBytes - seen.from - seen.bytes.length;
      const starting = seen.state === "starting" ? memo.starting + 1 : 0;
      const isOver =
        seen.code !== null || !(isAlive(seen.state) || (starting > 0 && starting <= mostStarting));
      const isLast = isOver && behind <= 0;
      const overdue = !isOver && ctx.waitedMs > limitMs && seen.pid !== null;
      const stop =
        overdue && seen.pid !== null ? await machine.end(place.nonce, seen.pid, options.shell) : null;
      const end =
        isLast || stop !== null
          ? endOf(seen, machine.name, {
              limitMs,
              stop,
              output: await tailOf(machine, place, seen, ctx.signal),
            })
          : null;
      // Only now, when nothing can fail any more: what is said here is written down together with how far it was read.
      const lines = createLines(
        {
          ...{ reader: isFileGrowing(reads) ? byItself : reads, log: ctx.log, now: ctx.now },
          ...{ rowEveryMs: 10_000, live: false },
        },
        memo.lines,
      );
      const {
        lines: written,
        takenBytes,
        rest,
      } = linesIn(seen.bytes, {
        last: isLast || stop !== null,
        full: seen.bytes.length === mostAtOnce,
      });
      if (seen.from > memo.at) ctx.log(leftOut(seen.from - memo.at), "warn");
      for (const { text, over } of written) lines.line(text, { over });
      let at = seen.from + takenBytes;
      if (behind > mostBehind) {
        ctx.log(leftOut(behind - mostAtOnce), "warn");
        at = seen.writtenBytes - mostAtOnce;
      }
      if (end !== null) lines.end();
      const told = isFileGrowing(reads) ? grown(reads, seen) : lines.state().told;
      const before = memo.spoke ?? { bytes: 0, at: 0 };
      const speaks = seen.writtenBytes > before.bytes;
      const spoke = speaks ? { bytes: seen.writtenBytes, at: ctx.now() } : before;
      const next: Memo = { ...memo, at, lines: lines.state(), starting, spoke };
      return {
        ...(told === null ? {} : { progress: told }),
        ...(end === null ? wordOf(seen, machine.name) : { waiting: "it has ended" }),
        ...nextIn(end !== null || behind > 0, speaks && ctx.look > manyLooks),
        readAlongMs: ctx.now() - spoke.at < talkMs ? alongMs : seldomMs,
        unended: end !== null ? "" : rest || (next.lines.row ?? ""),
        memo: end === null ? next : ended(next, end, options.safeBecause !== undefined),
      };
    };

    return {
      everyMs: 400,
      maxEveryMs: 5_000,
      timeoutMs: limitMs + 3_600_000,
      beginWithinMs,
      stopWithinMs: 20_000,
      whilePaused: "What was begun goes on by itself.",
      ...(options.detail === undefined ? {} : { detail: options.detail }),
      ...(options.weightMs === undefined ? {} : { weightMs: options.weightMs }),
      begin: async (ctx) => {
        using machine = await open(ctx);
        return { try: await beginOn(machine, ctx, placeOf(ctx, machine.folder)) };
      },
      look: async (ctx) => {
        using machine = await open(ctx);
        const memo = (ctx.memo as Memo | undefined) ?? fresh;
        const place = placeOf(ctx, machine.folder, memo.again);
        if (memo.end !== undefined) {
          // Where that does not succeed now, a later job on that machine takes it away.
          await remove(machine, place, ctx.signal).catch(() => {});
          return settle(options, memo.end, memo.lines.told);
        }
        if (memo.begins === true) {
          await beginOn(machine, ctx, place);
          const { begins: _, ...on } = memo;
          return { waiting: `running on ${machine.name}`, memo: on };
        }
        return lookOn(machine, ctx, place, memo);
      },
      onCancel: async (ctx) => {
        using machine = await open(ctx);
        const all = await endAll(machine, placeOf(ctx, machine.folder), ctx.signal, options.shell);
        const said = all.map(({ sentence }) => sentence).join(" ");
        if (all.some(({ confirmed }) => !confirmed)) throw new AppError("remote-failed", said);
        return said || `Nothing of it runs on ${machine.name}.`;
      },
      plan: async (ctx) => planOf(deps, options, ctx, "begin this on", ", and look after it"),
      ...(undo === undefined
        ? {}
        : {
            undo: async (ctx) => {
              using machine = await openMachine(deps, options.on?.(ctx) ?? null, ctx);
              const all = await endAll(
                machine,
                placeOf({ ...ctx, waitingSince: 0 }, machine.folder),
                ctx.signal,
                options.shell,
              );
              for (const { sentence } of all) ctx.log(sentence);
              await runUndo(machine, options, undo, ctx);
            },
          }),
    };
  };

const readsOf = <I, R, T, K extends string>(
  { progress }: JobOptions<I, R, T, K>,
  ctx: WaitContext<I, R, K>,
): ReadsProgress => (typeof progress === "function" ? progress(ctx) : (progress ?? byItself));

const grown = ({ totalBytes }: { totalBytes: number | null }, { sizeBytes }: Seen): Told => ({
  ...{ done: sizeBytes ?? 0, total: totalBytes, what: "written", unit: "bytes" },
});

/** The first looks come soon after each other anyway. */
const manyLooks = 5;
/** What comes is read this often in any case. */
const speaksMs = 2_000;
/** While somebody reads it along: this often, and when it has been silent for longer than `talkMs` more seldom. */
const alongMs = 100;
const seldomMs = 1_000;
const talkMs = 10_000;

const nextIn = (atOnce: boolean, speaks: boolean): { nextInMs?: number } =>
  atOnce ? { nextInMs: 0 } : speaks ? { nextInMs: speaksMs } : {};

const leftOut = (bytes: number): string =>
  `[${bytes.toLocaleString("en-US")} bytes came faster than they can be kept and are left out here]`;

const wordOf = ({ state }: Seen, name: string): { waiting: string } => ({
  waiting:
    state === "orphan"
      ? `running on ${name}, where what looked after it is gone: how it ends will not be known`
      : `running on ${name}`,
});

/** What ended from outside is begun once more where its author says that this is right. */
const ended = (memo: Memo, end: End, mayBeAgain: boolean): Memo =>
  end.kind === "cut-off" && mayBeAgain && memo.again < mostAgain
    ? { ...fresh, again: memo.again + 1, begins: true }
    : { ...memo, end };

const settle = <I, R, T, K extends string>(
  { gives }: JobOptions<I, R, T, K>,
  end: End,
  told: Told | null,
): Look<T> => {
  if (end.kind !== "well")
    throw new AppError(end.kind === "too-late" ? "timed-out" : "remote-failed", end.sentence, {
      canPass: false,
      ...(end.output.trim() === "" ? {} : { detail: end.output.trim().slice(-4_000) }),
    });
  return {
    done:
      gives === undefined
        ? (lastLine(end.output) as T)
        : giveFrom(gives, { output: end.output }, lastLine(end.output), "the script"),
    ...(told === null ? {} : { progress: told }),
  };
};
