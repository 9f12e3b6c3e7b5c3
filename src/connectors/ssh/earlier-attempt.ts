import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import { askOver } from "./ask-machine.ts";
import type { Connection } from "./connection.ts";
import { notRunError } from "./exec-errors.ts";
import { stopSentence } from "./exec-result.ts";
import { NoShell, type ProcessTable, type TaggedCommand } from "./process-table.ts";
import { endCommand, lookAt } from "./stop-remote.ts";

/** For which step a machine is lent; a step's context fits. */
export interface ForStep {
  runId: string;
  stepId: string;
  attempt?: number;
  log?(line: string): void;
  progress?(done: number, total: null, what: string): void;
}

/** What this process knows of what runs have running on a machine. Another process, or this one after a restart, knows nothing. */
export interface RunsThere {
  /** Commands of ours that run right now, by nonce. */
  ours: Set<string>;
  /** Runs of which nothing else runs there. */
  clear: Set<string>;
  /** Runs of which something may still run there: its end was not seen. */
  doubtful: Set<string>;
}

export const createRunsThere = (): RunsThere => ({ ours: new Set(), clear: new Set(), doubtful: new Set() });

/** Between the first looks and between later ones. */
const [soonMs, everyMs] = [100, 1_000];
/** For one that does not say how long it was allowed to take. */
const unsaidS = 60;
const lookLimitMs = 20_000;

/**
 * Resolves when nothing that this run began earlier still works on the machine: not a command that outlived the server that sent it, nor
 * one whose connection broke. Such a command is waited for as long as it was allowed to take when it began, then ended. Throws AppError
 * "conflict" when it cannot be ended, "remote-odd" once when nobody can see whether there is one: then a person decides by trying again.
 */
export const awaitEarlier = async (
  connection: Connection,
  of: ForStep,
  known: RunsThere,
  signal: AbortSignal,
): Promise<void> => {
  const { name } = connection.target;
  const waitingSince = performance.now();
  let told = false;
  for (let pauseMs = soonMs; ; pauseMs = Math.min(everyMs, pauseMs * 2)) {
    const table = await look(connection, of, signal);
    const earlier = table.commands.filter(({ nonce }) => !known.ours.has(nonce));
    if (earlier.length === 0) {
      if (!table.complete) mustKnow(of, known, name);
      if (told) of.log?.(`The earlier command on ${name} has come to its end.`);
      known.clear.add(of.runId);
      known.doubtful.delete(of.runId);
      return;
    }
    if (!told) of.log?.(waitingSentence(earlier, table, name));
    told = true;
    of.progress?.(0, null, `an earlier attempt to end on ${name}`);
    const waitedS = (performance.now() - waitingSince) / 1_000;
    const isOver = (one: TaggedCommand) =>
      one.endsAtS === null ? waitedS > unsaidS : table.nowS >= one.endsAtS;
    for (const one of earlier.filter(isOver)) await end(connection, one, of);
    await wait(pauseMs, undefined, { signal }).catch(() => {});
    // Told to stop while only the earlier one works: then that is what has to be ended.
    if (signal.aborted) return stopAll(connection, earlier, of, signal.reason);
  }
};

const look = (connection: Connection, { runId }: ForStep, signal: AbortSignal): Promise<ProcessTable> =>
  lookAt(askOver(connection), { runId }, AbortSignal.any([signal, AbortSignal.timeout(lookLimitMs)])).catch(
    (thrown: unknown) => {
      const { where } = connection;
      if (signal.aborted)
        throw new AppError("cancelled", `It was stopped before anything was run on ${where}.`, {
          cause: thrown,
        });
      if (thrown instanceof NoShell) throw notRunError(where, { noise: thrown.said });
      if (thrown instanceof AppError && thrown.code !== "remote-odd") throw thrown;
      throw new AppError("remote-odd", `What already runs on ${where} could not be seen.`, {
        cause: thrown,
        ...(thrown instanceof Error ? { detail: thrown.message } : {}),
      });
    },
  );

const mustKnow = ({ runId, attempt = 1 }: ForStep, known: RunsThere, name: string): void => {
  if (attempt <= 1 && !known.doubtful.has(runId)) return;
  // The person who tries again has looked there.
  known.clear.add(runId);
  known.doubtful.delete(runId);
  throw new AppError(
    "remote-odd",
    `Whether an earlier attempt still works on ${name} cannot be seen from here: it shows its processes neither in /proc nor by ps. ` +
      "Look there, end it if it is still at work, then try again.",
    { canPass: false },
  );
};

const end = async (connection: Connection, one: TaggedCommand, of: ForStep): Promise<void> => {
  const { name } = connection.target;
  const stop = {
    asked: "timed-out",
    ...(await endCommand(askOver(connection), one.nonce, one.pid)),
  } as const;
  of.log?.(`The earlier command was given its time. ${stopSentence(stop, name)}`);
  if (stop.confirmed) return;
  throw new AppError(
    "conflict",
    `An earlier attempt still works on ${name} as process ${one.pid} and could not be ended. End it there, then try again.`,
    { canPass: false, detail: stop.reason ?? "" },
  );
};

const stopAll = async (
  connection: Connection,
  earlier: readonly TaggedCommand[],
  of: ForStep,
  cause: unknown,
): Promise<never> => {
  const { name } = connection.target;
  const stops = await Promise.all(
    earlier.map(
      async (one) =>
        ({ asked: "cancelled", ...(await endCommand(askOver(connection), one.nonce, one.pid)) }) as const,
    ),
  );
  const open = stops.find(({ confirmed }) => !confirmed);
  const sentences = [...new Set(stops.map((stop) => stopSentence(stop, name)))].join(" ");
  of.log?.(`The earlier command was stopped. ${sentences}`);
  throw new AppError("cancelled", `Waiting for an earlier attempt was stopped. ${sentences}`, {
    cause,
    ...(open === undefined ? {} : { unconfirmed: open.reason ?? "It was not seen to end." }),
  });
};

const waitingSentence = (earlier: readonly TaggedCommand[], { nowS }: ProcessTable, name: string): string => {
  const which = earlier.map(({ pid, step }) => `process ${pid}, step ${step.split("/").at(-1)}`).join("; ");
  const most = Math.max(
    ...earlier.map(({ endsAtS }) => (endsAtS === null ? unsaidS : Math.max(0, endsAtS - nowS))),
  );
  return `What this run began earlier still works on ${name} (${which}). It is waited for, ${most} s at most, so that nothing is done twice at once.`;
};
