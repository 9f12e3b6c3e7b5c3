import type { Clock } from "#core/clock.ts";
import type { Dispatch } from "#core/dispatch.ts";
import type { Log } from "#core/log.ts";
import { mayWake } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { type NotYetRecorded, refusedBecause } from "#core/unrecorded.ts";
import type { Job, RunQueue } from "./run-queue.ts";

interface QueueDispatchDeps {
  store: Pick<Store, "claim" | "run">;
  queue: Pick<RunQueue, "fetch" | "touch" | "done" | "again" | "mend">;
  clock: Clock;
  log: Log;
  worker: string;
  leaseMs: number;
  /** Whether nodes of another version are there, which may have workflows that this one has not. */
  isMixed(): Promise<boolean>;
  /** Told how many runs should have stood in the queue and did not. */
  mended(runs: number): void;
}

/** What is due by its time, or was left by a worker that died, is told by nobody. */
const lookEveryMs = 1_000;
const touchEveryMs = 1_000;
const mendEveryMs = 60_000;
const mostAtOnce = 16;
/** A run whose family is at work as much as it may be is tried again after this. */
const familyMs = 1_000;
/** A run that is left to the nodes of another version is offered anew after this. */
const leftMs = 2_000;

export interface QueueDispatch extends Dispatch {
  /** Takes no more runs while `on`, from when this resolves. */
  rest(on: boolean): Promise<void>;
}

/** Dispatch among several processes: each run's job comes to one of them, and to another when that one died. */
export const createQueueDispatch = (deps: QueueDispatchDeps): QueueDispatch => {
  const { store, queue, clock, log, worker, leaseMs, isMixed, mended } = deps;
  let look: () => void = () => {};
  /** What is being taken now, while a look is under way. */
  let taking: () => Promise<void> | null = () => null;
  let rests = false;
  let refused: NotYetRecorded | null = null;
  return {
    wake: () => look(),
    refused: () => refused,
    rest: async (on) => {
      rests = on;
      if (on) await taking();
      else look();
    },
    take: (concurrency, { work, suits, first }) => {
      const mostOfFamily = Math.max(1, Math.floor(concurrency / 2));
      const how = { mostOfFamily, ...(first === undefined ? {} : { first }) };
      const active = new Map<string, Job>();
      const under = new Set<Promise<void>>();
      const ended: Job[] = [];
      let stopped = false;
      let again = false;
      let looking: Promise<void> | null = null;
      let cancelLook = () => {};

      const doJob = async ({ runId }: Job): Promise<void> => {
        const now = clock.now();
        // Before it is claimed, because whoever claims next would not know then that a worker before it had died.
        if (await isMixed()) {
          const at = await store.run(runId);
          if (at !== null && !(await suits(at))) {
            log.info({ runId, workflow: at.run.workflowId }, "a run is left to nodes of another version");
            return queue.again(runId, now + leftMs);
          }
        }
        const claimed = await store.claim(worker, now, leaseMs, { ...how, runId });
        if (claimed !== null) return work(claimed);
        const at = nextLook(await store.run(runId), now);
        if (at !== null) await queue.again(runId, at);
      };
      const begin = (job: Job): void => {
        active.set(job.id, job);
        const working = doJob(job)
          .then(
            () => void ended.push(job),
            // It is not done: whoever sees it untouched has it tried again.
            (error: unknown) => log.error({ err: error, runId: job.runId }, "a run could not be worked on"),
          )
          .finally(() => {
            active.delete(job.id);
            under.delete(working);
            look();
          });
        under.add(working);
      };
      const fill = async (): Promise<void> => {
        const over = ended.splice(0);
        if (over.length > 0)
          await queue.done(over).catch((error: unknown) => {
            ended.push(...over);
            throw error;
          });
        while (!stopped && !rests && active.size < concurrency) {
          const jobs = await queue.fetch(Math.min(mostAtOnce, concurrency - active.size));
          jobs.forEach(begin);
          if (jobs.length < mostAtOnce) return;
        }
      };
      taking = () => looking;
      look = () => {
        again = true;
        if (looking !== null) return;
        cancelLook();
        looking = (async () => {
          while (again) {
            again = false;
            await fill();
          }
          refused = null;
        })()
          .catch((error: unknown) => {
            log.error({ err: error }, "could not look for due runs");
            refused ??= { since: clock.now(), because: refusedBecause(error) };
          })
          .finally(() => {
            looking = null;
            if (!stopped) cancelLook = clock.after(lookEveryMs, look);
          });
      };
      const stopTouching = every(
        clock,
        touchEveryMs,
        async () => {
          if (active.size > 0) await queue.touch([...active.values()]);
        },
        log,
      );
      const stopMending = every(
        clock,
        mendEveryMs,
        async () => {
          const runs = await queue.mend();
          mended(runs);
          if (runs === 0) return;
          log.warn({ runs }, "runs were due and not in the queue; they are now");
          look();
        },
        log,
      );

      look();
      return {
        stop: async () => {
          stopped = true;
          cancelLook();
          await looking;
          await Promise.all(under);
          stopTouching();
          stopMending();
          await fill().catch((error: unknown) => log.warn({ err: error }, "what is done stays in the queue"));
        },
      };
    },
  };
};

/** When a run that could not be claimed is to be tried again; null: it needs no worker. */
const nextLook = (found: Awaited<ReturnType<Store["run"]>>, now: number): number | null => {
  if (found === null || found.run.wakeAt === null || !mayWake(found.run.state)) return null;
  const { wakeAt, claimedBy, claimedUntil } = found.run;
  if (claimedBy !== null) return Math.max(claimedUntil ?? now, now + familyMs);
  return wakeAt > now ? wakeAt : now + familyMs;
};

/** One after the other, for as long as it is not stopped. */
const every = (clock: Clock, ms: number, work: () => Promise<void>, log: Log): (() => void) => {
  let stopped = false;
  let cancel = () => {};
  const next = (): void => {
    if (stopped) return;
    cancel = clock.after(ms, () => {
      work()
        .catch((error: unknown) => log.warn({ err: error }, "the queue of runs did not answer"))
        .finally(next);
    });
  };
  next();
  return () => {
    stopped = true;
    cancel();
  };
};
