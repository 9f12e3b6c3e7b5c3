import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { NotifyTable } from "#core/notify.ts";

interface ForgetDeps {
  notify: Pick<NotifyTable, "forgetDeliveries">;
  clock: Clock;
  log: Log;
}

const keptMs = 30 * 24 * 3_600_000;
const everyMs = 3_600_000;
const atOnce = 100;

/** Forgets once an hour what was sent longer than 30 days ago. The function returned ends it. */
export const forgetOld = ({ notify, clock, log }: ForgetDeps): (() => void) => {
  let stopped = false;
  let cancel = () => {};
  const forget = async () => {
    // Ids begin with their time, as newId makes them.
    const before = Math.max(0, clock.now() - keptMs)
      .toString(16)
      .padStart(12, "0");
    while (!stopped && (await notify.forgetDeliveries(before, atOnce)) === atOnce);
  };
  const again = () => {
    if (!stopped) cancel = clock.after(everyMs, run);
  };
  const run = () =>
    void forget()
      .catch((error: unknown) => log.warn({ err: error }, "what was sent long ago could not be forgotten"))
      .then(again);
  again();
  return () => {
    stopped = true;
    cancel();
  };
};
