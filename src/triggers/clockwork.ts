import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import { openRounds, type Rounds } from "#core/rounds.ts";
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

/** What is being decided when it is stopped is decided to its end. */
export type Clockwork = Rounds;

const longestSleepMs = 60_000;
const afterErrorMs = 10_000;
/** What changes fast is looked at together. */
const againAfterMs = 20;

/** Starts what is due, for as long as it is not stopped. The store is the truth: several servers may do so, and nothing happens twice. */
export const openClockwork = (deps: ClockworkDeps): Clockwork => {
  const { engine, clock, log, store } = deps;
  let stopped = false;
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
        if (error instanceof TriggerMoved) rounds.look();
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

  const round = async (): Promise<number> => {
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
    return Math.min(...next) - clock.now();
  };

  const rounds = openRounds({
    clock,
    round,
    failed: (error) => log.error({ err: error }, "could not look for what is due"),
    longestSleepMs,
    afterErrorMs,
    againAfterMs,
  });
  const stopListening = engine.listen(({ run }) => {
    if (!isOver(run.state) || (run.cause === null && !followed.has(run.workflowId))) return;
    ended ||= run.cause !== null;
    rounds.look();
  });
  rounds.look();
  return {
    look: rounds.look,
    stop: async () => {
      stopped = true;
      stopListening();
      await rounds.stop();
    },
  };
};
