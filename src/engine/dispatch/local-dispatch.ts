import type { Clock } from "#core/clock.ts";
import type { Dispatch } from "#core/dispatch.ts";
import type { Log } from "#core/log.ts";
import { longestAskedMs } from "#core/retry.ts";
import { openRounds, type Rounds } from "#core/rounds.ts";
import type { Claimed, Store } from "#core/store.ts";
import { type NotYetRecorded, refusedBecause } from "#core/unrecorded.ts";

interface LocalDispatchDeps {
  store: Pick<Store, "claim" | "nextWake" | "wakeAhead">;
  clock: Clock;
  log: Log;
  worker: string;
  leaseMs: number;
}

/** Never sleeps longer than this, so that a clock set back or a lapsed claim is noticed. */
const longestSleepMs = 15_000;
/** Claims that are asked for together share a sync of the disk. */
const mostAtOnce = 16;
/** After an error of the store (a full disk) it waits this long before it looks again. */
const afterErrorMs = 2_000;

/** Dispatch within one process: the times in the store are the truth, one timer wakes for the earliest. */
export const createLocalDispatch = ({ store, clock, log, worker, leaseMs }: LocalDispatchDeps): Dispatch => {
  let rounds: Rounds | null = null;
  let refused: NotYetRecorded | null = null;
  return {
    wake: () => rounds?.look(),
    refused: () => refused,
    take: (concurrency, { work, first }) => {
      const mostOfFamily = Math.max(1, Math.floor(concurrency / 2));
      const how = { mostOfFamily, ...(first === undefined ? {} : { first }) };
      const active = new Set<Promise<void>>();
      let stopped = false;

      // At the start, and whenever the clock was set back since the last look, times reckoned by the old clock are not waited for.
      let lookedAt = Number.POSITIVE_INFINITY;
      const noticeClockSetBack = async (): Promise<void> => {
        const now = clock.now();
        if (now < lookedAt) await store.wakeAhead(now, now + longestAskedMs);
        lookedAt = now;
      };

      const begin = (claimed: Claimed): void => {
        const job: Promise<void> = work(claimed)
          .catch((error: unknown) => {
            log.error({ err: error, runId: claimed.run.id }, "a run could not be worked on");
          })
          .finally(() => {
            active.delete(job);
            rounds?.look();
          });
        active.add(job);
      };

      const fill = async (): Promise<number> => {
        await noticeClockSetBack();
        for (
          let atOnce = 1;
          !stopped && active.size < concurrency;
          atOnce = Math.min(mostAtOnce, 2 * atOnce)
        ) {
          const room = Math.min(atOnce, concurrency - active.size);
          const asked = Array.from({ length: room }, () => store.claim(worker, clock.now(), leaseMs, how));
          const answers = await Promise.allSettled(asked);
          const claimed = answers.flatMap((answer) =>
            answer.status === "fulfilled" && answer.value !== null ? [answer.value] : [],
          );
          claimed.forEach(begin);
          for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
          if (claimed.length < room) {
            const next = await store.nextWake(mostOfFamily);
            return next === null ? longestSleepMs : next - clock.now();
          }
        }
        return longestSleepMs;
      };

      const filling = openRounds({
        clock,
        round: async () => {
          const ms = await fill();
          refused = null;
          return ms;
        },
        failed: (error) => {
          log.error({ err: error }, "could not look for due runs");
          refused ??= { since: clock.now(), because: refusedBecause(error) };
        },
        longestSleepMs,
        afterErrorMs,
        againAfterMs: 0,
      });
      rounds = filling;
      filling.look();
      return {
        stop: async () => {
          stopped = true;
          // What was being claimed at that moment is to be let go of too.
          await filling.stop();
          await Promise.all(active);
        },
      };
    },
  };
};
