import type { StartChild } from "#core/child.ts";
import type { Errand, ErrandAnswer, Errands } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";

/** Each may take a core; more at once would only be slower together. */
const mostAtOnce = 2;

/** Does errands in processes of their own, a few at a time; the others wait for their turn. */
export const createErrands = (startChild: StartChild): Errands => {
  let free = mostAtOnce;
  const waiting = new Set<() => void>();

  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (free > 0) return void free--;
    await new Promise<void>((resolve, reject) => {
      const come = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(come);
        reject(signal?.reason);
      };
      waiting.add(come);
      signal?.addEventListener("abort", leave, { once: true });
    });
  };
  const over = () => {
    const [next] = waiting;
    if (next === undefined) return void free++;
    waiting.delete(next);
    next();
  };

  return {
    run: async <Result>(errand: Errand) => {
      await turn(errand.signal);
      try {
        // It may have been called off while its turn came.
        errand.signal?.throwIfAborted();
        return (await runNow(startChild, errand)) as Result;
      } finally {
        over();
      }
    },
  };
};

const runNow = async (
  startChild: StartChild,
  { entry, order, failure, memoryMb, timeLimitMs, silentMs, signal, onProgress }: Errand,
): Promise<unknown> => {
  let answer: Exclude<ErrandAnswer, { progress: unknown }> | null = null;
  const child = startChild({
    entry,
    memoryMb,
    ...(silentMs === undefined ? {} : { silentMs }),
    onMessage: (message) => {
      const told = message as ErrandAnswer;
      if ("progress" in told) onProgress?.(told.progress);
      else answer = told;
    },
  });
  const end = () => void child.end();
  signal?.addEventListener("abort", end, { once: true });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end();
  }, timeLimitMs);
  child.send(order);
  const how = await child.ended;
  clearTimeout(limit);
  signal?.removeEventListener("abort", end);
  if (answer !== null) return resultOf(answer);
  signal?.throwIfAborted();
  const why = late ? `was not done after ${timeLimitMs / 1_000} s and was ended` : how;
  throw new AppError("too-large", `${failure}: the process that was to do it ${why}.`);
};

const resultOf = (answer: Exclude<ErrandAnswer, { progress: unknown }>): unknown => {
  if ("result" in answer) return answer.result;
  if ("refused" in answer) throw new AppError(answer.refused, answer.sentence, answer.options);
  throw new Error(answer.failed);
};
