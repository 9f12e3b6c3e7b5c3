import type { Clock } from "#core/clock.ts";
import { nobodyElse, type Others } from "#core/others.ts";

/** Who reads along what a run writes, in this process or in another one that works on the same runs. */
interface Readers {
  has(runId: string): boolean;
  /** Until `signal` fires. */
  add(runId: string, signal: AbortSignal): void;
}

const sayEveryMs = 5_000;
/** Whoever did not say it again for so long reads no more. */
const believedMs = 12_000;
const word = "reads ";

export const createReaders = (clock: Clock, others: Others = nobodyElse): Readers => {
  const here = new Map<string, number>();
  const elsewhere = new Map<string, number>();
  let cancelSaying = () => {};

  const say = () => {
    cancelSaying();
    for (const runId of here.keys()) others.say(word + runId);
    if (here.size > 0 && others !== nobodyElse) cancelSaying = clock.after(sayEveryMs, say);
  };
  others.listen((what) => {
    if (!what.startsWith(word)) return;
    const now = clock.now();
    for (const [runId, until] of elsewhere) if (until <= now) elsewhere.delete(runId);
    elsewhere.set(what.slice(word.length), now + believedMs);
  });
  return {
    has: (runId) => here.has(runId) || (elsewhere.get(runId) ?? 0) > clock.now(),
    add: (runId, signal) => {
      if (signal.aborted) return;
      const before = here.get(runId) ?? 0;
      here.set(runId, before + 1);
      if (before === 0) say();
      const leave = () => {
        const left = (here.get(runId) ?? 1) - 1;
        if (left > 0) here.set(runId, left);
        else here.delete(runId);
      };
      signal.addEventListener("abort", leave, { once: true });
    },
  };
};
