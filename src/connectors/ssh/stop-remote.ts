import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import { type AskMachine, askOver } from "./ask-machine.ts";
import type { Connection } from "./connection.ts";
import type { StopReceipt } from "./exec-result.ts";
import {
  lookScript,
  type Process,
  type ProcessTable,
  readTable,
  type Sought,
  treeOf,
} from "./process-table.ts";

export interface Running {
  /** By which it is found on its machine. */
  nonce: string;
  /** Null as long as the command has not told its process id. */
  pid(): number | null;
  /** Whether the command's own end has arrived. */
  hasEnded(): boolean;
}

/** Between TERM and KILL, and between KILL and giving up. */
const graceMs = 2_000;
/** Slow rc files may be at work before the command begins. */
const beginMs = 2_000;
/** Both graces, a few looks, and time for the network. */
const limitMs = 9_000;

/** Ends a running command with all that descends from it on its machine and says whether they are gone. Never throws. */
export const stopRemote = async (
  connection: Connection,
  running: Running,
  asked: StopReceipt["asked"],
): Promise<StopReceipt> => {
  for (let waitedMs = 0; waitedMs < beginMs && running.pid() === null; waitedMs += 50) await wait(50);
  try {
    return { asked, ...(await endCommand(askOver(connection), running.nonce, running.pid())) };
  } catch (thrown) {
    const unknown = { asked, signalSent: null, confirmed: false } as const;
    // ssh2 tells of an end that came by itself while nobody could look.
    if (running.hasEnded()) return { ...unknown, confirmed: true, reason: null };
    return {
      ...unknown,
      reason: thrown instanceof AppError ? thrown.message : "the machine could not be asked.",
    };
  }
};

/** One look at what runs on the machine, past the queue of commands. Throws AppError when it cannot be made. */
export const lookAt = async (
  ask: AskMachine,
  sought: Sought,
  signal: AbortSignal,
  end: Parameters<typeof lookScript>[2] = null,
): Promise<ProcessTable> => {
  const marker = `milepost-look-${randomBytes(6).toString("hex")}:`;
  return readTable(await ask(lookScript(marker, sought, end), signal), marker);
};

/** Ends a process of this nonce that set itself apart. `shell`: the words that run it, where those make another user of it. Never throws. */
export const endBy = (
  ask: AskMachine,
  nonce: string,
  pid: number,
  shell?: readonly string[],
): Promise<StopReceipt> =>
  endCommand(ask, nonce, pid, shell).then(
    (found) => ({ asked: "cancelled", ...found }),
    (thrown: unknown) => ({
      ...{ asked: "cancelled", signalSent: null, confirmed: false },
      reason: thrown instanceof AppError ? thrown.message : "the machine could not be asked.",
    }),
  );

type Found = Omit<StopReceipt, "asked">;

/** Ends the command of this nonce: TERM, then KILL. `pid` is what it told of itself, if it did. */
export const endCommand = async (
  ask: AskMachine,
  nonce: string,
  pid: number | null,
  shell: readonly string[] = ["sh"],
): Promise<Found> => {
  const limit = AbortSignal.timeout(limitMs);
  let table = await lookAt(ask, { nonce }, limit);
  const own = [...(pid === null ? [] : [pid]), ...table.commands.map((one) => one.pid)];
  if (own.length === 0 && table.complete)
    return { signalSent: null, confirmed: false, reason: "its shell had not begun it when it was closed." };
  const group = own[0] ?? null;
  /** All that was ever seen to belong to it: when its parent goes, a process belongs to nobody that could be asked. */
  const known = new Map<number, Process>();
  const left = (): number[] => {
    for (const process of known.values())
      if (table.processes.get(process.pid)?.startedAt !== process.startedAt) known.delete(process.pid);
    for (const [at, process] of treeOf(table, [...own, ...known.keys()])) known.set(at, process);
    return [...known.keys()];
  };
  let signalSent: Found["signalSent"] = null;
  for (const signal of ["TERM", "KILL"] as const) {
    const until = performance.now() + graceMs;
    // The group first: many programs hand a signal on, and take a second one for impatience.
    const told = new Set(left().filter((one) => known.get(one)?.group === group));
    for (let pids = left(), first = true; ; pids = left(), first = false) {
      if (pids.length === 0 && (table.complete || signalSent !== null)) return gone(signalSent, table);
      if (performance.now() > until) break;
      const fresh = first && told.size > 0 ? [] : pids.filter((one) => !told.has(one));
      for (const one of fresh) told.add(one);
      signalSent = signal;
      table = await lookAt(ask, { nonce }, limit, {
        signal,
        pids: fresh,
        group: first ? group : null,
        // Who signs in may not end what another user runs; that user may.
        asOther: shell.length > 1 ? { shell, pids: first ? pids : fresh } : null,
      });
    }
  }
  return {
    signalSent,
    confirmed: false,
    reason: "it is still there after SIGKILL, or belongs to another user.",
  };
};

const gone = (signalSent: Found["signalSent"], { complete, started }: ProcessTable): Found => {
  if (!complete)
    return {
      signalSent,
      confirmed: false,
      reason: "its process group is gone, but the machine does not show what it may have started besides.",
    };
  if (started.size === 0) return { signalSent, confirmed: true, reason: null };
  const which = [...started].slice(0, 5).join(", ");
  return {
    signalSent,
    confirmed: false,
    reason: `the command is gone, but something that it had set apart still runs there (process ${which}).`,
  };
};
