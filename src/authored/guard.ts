import { AppError } from "#core/errors.ts";
import type { Guests } from "./guests.ts";

interface GuardDeps {
  guests: Pick<Guests, "atWork">;
  /** Puts it down where it was a workflow's code; false where it was not. */
  blame(thrown: unknown): boolean;
}

/**
 * What people's own code does where nobody waits for it ends nothing: a rejection that floats, an error in a timer, process.exit. Whatever
 * else goes wrong so ends the process, as it does without this. Gives the way to end it.
 */
export const guardProcess = (own: NodeJS.Process, { guests, blame }: GuardDeps): (() => void) => {
  const onThrown = (thrown: unknown) => {
    if (blame(thrown)) return;
    own.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    exit.call(own, 1);
  };
  const exit = own.exit;
  own.exit = (code) => {
    if (guests.atWork() === null) return exit.call(own, code);
    throw new AppError(
      "workflow-broken",
      "A workflow's code called process.exit(), which would end Milepost.",
    );
  };
  own.on("unhandledRejection", onThrown);
  own.on("uncaughtException", onThrown);
  return () => {
    own.exit = exit;
    own.off("unhandledRejection", onThrown);
    own.off("uncaughtException", onThrown);
  };
};
