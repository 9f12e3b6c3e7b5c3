import type { Clock } from "#core/clock.ts";
import { refusedBecause } from "#core/unrecorded.ts";
import { Unwritten, unwritten } from "#engine/commit/commit.ts";
import type { EngineParts } from "./parts.ts";
import { Stop } from "./stop.ts";

/** Between tries of what the store refused. */
const firstAgainMs = 100;
const longestAgainMs = 2_000;

/** Tries a commit until the store takes it; meanwhile the page says that what happened is not recorded. Throws Stop("closing"). */
export const insist = async <T>(
  { unrecorded, clock, log }: EngineParts,
  runId: string,
  closing: AbortSignal,
  write: () => Promise<T>,
): Promise<T> => {
  for (let againMs = firstAgainMs; ; againMs = Math.min(longestAgainMs, 2 * againMs)) {
    try {
      const recorded = await write();
      unrecorded.delete(runId);
      return recorded;
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      if (!unrecorded.has(runId)) {
        log.error({ err: error.cause, runId }, "the store refused; it is tried again");
        unrecorded.set(runId, { since: clock.now(), because: refusedBecause(error.cause) });
      }
      if (closing.aborted) throw new Stop("closing");
      await pauseFor(clock, againMs, closing);
    }
  }
};

/**
 * What work on a run asks of the store besides its own commits, asked again for as long as the store refuses: no run fails because a database
 * is away for a while.
 */
export const patient = (parts: EngineParts, runId: string, closing: AbortSignal): EngineParts => {
  const { store, history, commit } = parts;
  const again =
    <G extends unknown[], T>(ask: (...given: G) => Promise<T>) =>
    (...given: G): Promise<T> =>
      insist(parts, runId, closing, () => ask(...given).catch(unwritten));
  return {
    ...parts,
    commit: (...given) => insist(parts, runId, closing, () => commit(...given)),
    history: { ...history, of: again(history.of) },
    store: {
      ...store,
      line: again(store.line),
      run: again(store.run),
      items: { ...store.items, of: again(store.items.of), counts: again(store.items.counts) },
    },
  };
};

/** Waits, but not beyond the end of the server. */
const pauseFor = (clock: Clock, ms: number, closing: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      cancel();
      closing.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    closing.addEventListener("abort", done);
  });
