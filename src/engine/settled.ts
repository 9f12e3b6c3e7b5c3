import { isDriven } from "#core/states.ts";
import type { EngineDeps } from "./deps.ts";

/** Resolves when the run needs no more work by Milepost (over, paused or asking), after `ms`, or when `signal` fires. */
export const settled = (
  deps: Pick<EngineDeps, "feed" | "store" | "clock">,
  runId: string,
  ms: number,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const { feed, store, clock } = deps;
    const stop = () => {
      stopListening();
      stopTimer();
      signal.removeEventListener("abort", done);
    };
    const done = () => {
      stop();
      resolve();
    };
    // Listening begins before the look, so that no change falls between the two.
    const stopListening = feed.listen(({ run }) => {
      if (run.id === runId && !isDriven(run.state)) done();
    });
    const stopTimer = clock.after(ms, done);
    signal.addEventListener("abort", done);
    if (signal.aborted) return done();
    store.run(runId).then(
      (found) => {
        if (found === null || !isDriven(found.run.state)) done();
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
