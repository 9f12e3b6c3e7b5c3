import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import { isOver } from "#core/states.ts";
import { isOf, type Trigger, TriggerMoved } from "#core/trigger.ts";
import type { Engine } from "#engine/engine.ts";
import { failuresInARow } from "./failures.ts";
import { pause } from "./pause.ts";
import { type QueueDeps, takeQueued, waitingToStart } from "./queue.ts";
import { settle } from "./settle.ts";

export interface ClockworkDeps extends QueueDeps {
  engine: Pick<Engine, "start" | "cancel" | "listen">;
  clock: Clock;
  log: Log;
}

export interface Clockwork {
  /** Something changed that may be due at once. */
  look(): void;
  /** What is being decided is decided to its end. */
  stop(): Promise<void>;
}

/** Never sleeps longer than this: a machine that slept and a clock that was set are noticed by then. */
const longestSleepMs = 60_000;
const afterErrorMs = 10_000;

/** Starts what is due, for as long as it is not stopped. The store is the truth: several servers may do so, and nothing happens twice. */
export const openClockwork = (deps: ClockworkDeps): Clockwork => {
  const { engine, clock, log, store } = deps;
  let stopped = false;
  let again = false;
  let working: Promise<void> | null = null;
  let cancelTimer = () => {};
  let ended = false;
  /** The workflows that something follows. */
  let followed: ReadonlySet<string> = new Set();

  /** One that cannot be seen to now keeps no other from it. */
  const each = async <T extends { trigger: Trigger }>(all: readonly T[], work: (one: T) => Promise<void>) => {
    let isWell = true;
    for (const one of all) {
      if (stopped) return isWell;
      try {
        await work(one);
      } catch (error) {
        // Somebody else has decided, or has changed it: that one is looked at anew.
        if (error instanceof TriggerMoved) again = true;
        else {
          isWell = false;
          log.error(
            { err: error, triggerId: one.trigger.id },
            "what is due could not be started, and is tried again",
          );
        }
      }
    }
    return isWell;
  };

  const work = async (): Promise<number> => {
    const looksAtEnds = ended;
    ended = false;
    const all = await store.triggers.list();
    followed = new Set(all.flatMap((one) => (isOf(one, "after") ? [one.when.workflowId] : [])));
    const active = all.flatMap((trigger) => (trigger.paused === null ? [{ trigger }] : []));
    const settled = await each(active, async ({ trigger }) => {
      if (isOf(trigger, "schedule")) await settle(deps, trigger);
      if (!looksAtEnds) return;
      const failures = await failuresInARow(store.triggers, trigger);
      const newest = failures === null ? null : await store.triggers.get(trigger.id);
      if (failures !== null && newest !== null && newest.paused === null)
        await pause(store.triggers, newest, clock.now(), failures);
    });
    if (stopped) return longestSleepMs;
    const taken = await each(await waitingToStart(store), ({ trigger, firings }) =>
      takeQueued(deps, trigger, firings),
    );
    if (!settled || !taken) return afterErrorMs;
    const next = (await store.triggers.list()).flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt]));
    return Math.min(longestSleepMs, Math.max(0, Math.min(...next) - clock.now()));
  };

  const look = (): void => {
    if (stopped) return;
    if (working !== null) {
      again = true;
      return;
    }
    again = false;
    cancelTimer();
    working = work()
      .catch((error: unknown) => {
        log.error({ err: error }, "could not look for what is due");
        return afterErrorMs;
      })
      .then((sleepMs) => {
        working = null;
        if (stopped) return;
        // What cannot be decided yet must not make this a busy loop.
        cancelTimer = clock.after(again ? 20 : Math.max(20, sleepMs), look);
      });
  };

  const stopListening = engine.listen(({ run }) => {
    if (!isOver(run.state) || (run.cause === null && !followed.has(run.workflowId))) return;
    ended ||= run.cause !== null;
    look();
  });
  look();
  return {
    look,
    stop: async () => {
      stopped = true;
      stopListening();
      cancelTimer();
      await working;
    },
  };
};
