import type { AccessBook } from "#core/access.ts";
import type { Clock } from "#core/clock.ts";
import { newId, type Random } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import type { Others } from "#core/others.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import { type Clockwork, openClockwork } from "#triggers/clockwork.ts";
import { createTriggers, type Triggers } from "#triggers/triggers.ts";

interface TriggeringDeps {
  /** The one below the audit: what starts by itself stands with its trigger. */
  engine: Engine;
  store: Store;
  secrets: Secrets;
  access: AccessBook;
  clock: Clock;
  log: Log;
  random: Random;
  others: Pick<Others, "say">;
}

/** What starts runs by itself: people may see to it at once, and nothing starts before `open`. */
export const createTriggering = (deps: TriggeringDeps) => {
  const { store, clock, random, others } = deps;
  let clockwork: Clockwork | null = null;
  const triggers: Triggers = createTriggers({
    ...deps,
    newId: () => newId(clock.now(), random),
    look: () => (clockwork === null ? others.say("triggers") : clockwork.look()),
  });
  return {
    triggers,
    open: () => {
      clockwork = openClockwork({ ...deps, accounts: store.accounts });
    },
    /** Another node says that something may be due. */
    look: () => clockwork?.look(),
    close: async () => {
      await clockwork?.stop();
      clockwork = null;
    },
  };
};
