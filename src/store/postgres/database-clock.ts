import type { Pool } from "pg";
import type { Clock } from "#core/clock.ts";

/** Measured anew this often: quartz drifts, and a machine that slept has a steady clock that stood still. */
const measureEveryMs = 10_000;
const measures = 3;

export interface DatabaseClock extends Clock {
  close(): void;
}

/**
 * The clock of the database, as far as a round trip tells: the same on all nodes, however their own clocks are set, so that a claim lapses for
 * all of them at the same moment.
 */
export const openDatabaseClock = async (pool: Pool): Promise<DatabaseClock> => {
  let offset = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const measure = async (): Promise<void> => {
    let shortest = Number.POSITIVE_INFINITY;
    for (let n = 0; n < measures; n++) {
      const before = performance.now();
      const { rows } = await pool.query("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now");
      const after = performance.now();
      if (after - before >= shortest) continue;
      shortest = after - before;
      offset = Number(rows[0]?.now) - (before + after) / 2;
    }
  };
  const measureOn = (): void => {
    if (closed) return;
    timer = setTimeout(() => {
      // While the database is away, what was measured last holds.
      measure().then(measureOn, measureOn);
    }, measureEveryMs);
    timer.unref();
  };
  await measure();
  measureOn();
  return {
    now: () => Math.round(performance.now() + offset),
    after: (ms, call) => {
      const due = setTimeout(call, ms);
      return () => clearTimeout(due);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};
