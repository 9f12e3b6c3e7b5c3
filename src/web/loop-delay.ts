import { monitorEventLoopDelay } from "node:perf_hooks";

/** How long this process let everybody wait, in seconds, since somebody last looked. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** Between two looks at the loop. */
const resolutionMs = 50;
/** Whoever watches asks again by then. */
const watchedForMs = 10 * 60_000;

/**
 * Measures from the first time that somebody asks, and as long as somebody does: twenty looks a second would be most of what a server at
 * rest takes. Every answer begins anew, so that one long wait is not told for ever.
 */
export const watchLoopDelay = (): (() => LoopDelay) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  let forgotten: NodeJS.Timeout | undefined;
  // What it measures is the time between two looks.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
  return () => {
    delay.enable();
    clearTimeout(forgotten);
    forgotten = setTimeout(() => delay.disable(), watchedForMs).unref();
    const { max } = delay;
    const told = {
      p50: seconds(delay.percentile(50)),
      p99: seconds(delay.percentile(99)),
      max: seconds(max),
    };
    delay.reset();
    return told;
  };
};
