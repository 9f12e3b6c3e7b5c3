import { setTimeout as wait } from "node:timers/promises";
import { isBusy } from "./failures.ts";
import { Refusal } from "./refusal.ts";

/** For as long as an import of many rows may take. */
const mostWaitMs = 60_000;
const againMs = 25;

/**
 * Does something with an app's data as soon as no other program holds them. SQLite itself would wait inside the event loop, where nobody is
 * answered meanwhile. Throws Refusal("busy").
 */
export const patiently = async <T>(work: () => T): Promise<T> => {
  const until = performance.now() + mostWaitMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= until)
        throw new Refusal(
          "busy",
          "These data are held by an import or by another program, so nothing was changed. Try again in a moment.",
        );
      await wait(againMs);
    }
  }
};
