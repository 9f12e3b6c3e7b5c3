import { createContext, Script } from "node:vm";

const context = createContext({ run: () => null });
const script = new Script("run()");

/** A call that took longer than it may. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}

/**
 * Runs `run` to its end, or throws TookTooLong after `ms`. A pattern such as `(a+)+$` would else hold this process, and with it every page of
 * Milepost, for ever: V8 ends a regular expression only from a context that has a time limit.
 */
export const within = <T>(ms: number, run: () => T): T => {
  context.run = run;
  try {
    return script.runInContext(context, { timeout: ms }) as T;
  } catch (error) {
    // The error belongs to the other context, so it is no `Error` of ours.
    if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new TookTooLong(`It took longer than ${ms / 1_000} s.`);
    throw error;
  }
};
