import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** What the thread beside is told. */
export interface HoldUpWatch {
  /** Counted up by whoever is not held up. */
  beat: Int32Array;
  /** Below it lies people's code, as a URL that ends with a slash. */
  folder: string;
  limitMs: number;
}

/** Looks within the limit: one that comes late because the machine is busy is no reason yet. */
export const looksAtMost = 10;

/**
 * Ends this process when people's own code holds it up for longer than `limitMs`, with a sentence on standard error that names file,
 * function and line. A loop without an end is ended by nothing else, and nobody is answered meanwhile. Whatever starts Milepost again takes
 * the run up as after any bad end, and the second one has it ask. What Milepost itself does may take as long as it takes. Gives the way to
 * stop watching.
 */
export const watchForHoldUps = ({ folder, limitMs }: { folder: string; limitMs: number }) => {
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const timer = setInterval(() => Atomics.add(beat, 0, 1), limitMs / looksAtMost / 2).unref();
  const told: HoldUpWatch = { beat, folder: pathToFileURL(`${realpathSync(folder)}/`).href, limitMs };
  const thread = new Worker(new URL("./held-up-thread.ts", import.meta.url), {
    workerData: told,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  thread.unref();
  return async (): Promise<void> => {
    clearInterval(timer);
    await thread.terminate();
  };
};
