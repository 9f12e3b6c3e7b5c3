import { monitorEventLoopDelay } from "node:perf_hooks";

/** How long this process let everybody wait, in seconds, since somebody last looked. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** Between two looks at the loop. More often would keep an idle machine awake. */
const resolutionMs = 50;

/** Measures from now on. Every look begins anew, so that one long wait is not told for ever. */
export const watchLoopDelay = (): (() => LoopDelay) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // What it measures is the time between two looks.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
  return () => {
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
