import { AppError } from "#core/errors.ts";
import type { RunState } from "#core/states.ts";

/** What `milepost` ends with, for scripts. */
export const exitCodes = {
  completed: 0,
  /** Or undone. */
  failed: 1,
  /** A verb, an option or an input that cannot be used, or what is not possible at the moment. */
  wrongUse: 2,
  notReachable: 3,
  notAllowed: 4,
  cancelled: 5,
  /** It waits for a person, and was told that there is none. */
  needsPerson: 6,
  /** As timeout(1) ends. */
  limitOver: 124,
  /** As a shell ends what Ctrl+C ended: 128 and the number of the signal. */
  interrupted: 130,
} as const;

/** Of a run that is over. */
export const codeOfRun = (state: RunState): number => {
  if (state === "completed") return exitCodes.completed;
  return state === "cancelled" ? exitCodes.cancelled : exitCodes.failed;
};

/** Of what stopped a verb. */
export const codeOfError = (error: unknown): number => {
  if (!(error instanceof AppError)) return exitCodes.failed;
  switch (error.code) {
    case "unreachable":
    case "timed-out":
    case "remote-odd":
    case "remote-refused":
    case "remote-busy":
    case "store-busy":
      return exitCodes.notReachable;
    case "not-signed-in":
    case "forbidden":
      return exitCodes.notAllowed;
    case "internal":
    case "disk-full":
      return exitCodes.failed;
    default:
      return exitCodes.wrongUse;
  }
};
