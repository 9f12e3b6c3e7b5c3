import { randomBytes } from "node:crypto";
import { createSeal } from "#connections/seal.ts";
import { type AccessBook, nothingSaid } from "#core/access.ts";
import type { Clock } from "#core/clock.ts";
import { newId } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import { ownerId } from "#core/people.ts";
import type { Store } from "#core/store.ts";
import type { FiringSeen, Trigger, When } from "#core/trigger.ts";
import type { Workflow } from "#core/workflow.ts";
import type { EngineDeps } from "#engine/deps.ts";
import { type Clockwork, openClockwork } from "#triggers/clockwork.ts";
import { createTriggers, type Triggers, type TriggerWish } from "#triggers/triggers.ts";
import { openWorld, realClock, silent, type World } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A clock that tests set; what waits looks again within milliseconds. */
export interface SetClock extends Clock {
  set(at: number): void;
}

export const setClock = (at: number): SetClock => {
  let now = at;
  return {
    now: () => now,
    after: (ms, call) => realClock.after(Math.min(ms, 5), call),
    set: (to) => {
      now = to;
    },
  };
};

export interface Triggering {
  world: World;
  store: Store;
  triggers: Triggers;
  clockwork: Clockwork;
  /** Makes a schedule of the first workflow, every day at 07:00 UTC unless it says otherwise. */
  make(when?: Partial<Extract<When, { kind: "schedule" }>>, wish?: Partial<TriggerWish>): Promise<Trigger>;
  /** What became of it, the oldest first: "run 12" or "missed", once so many are there and nothing waits. */
  became(trigger: Pick<Trigger, "id">, many: number): Promise<FiringSeen[]>;
  close(): Promise<void>;
}

export const random = (n: number) => randomBytes(n);
export const seal = createSeal(new Uint8Array(32).fill(7), random);
export const daily: Extract<When, { kind: "schedule" }> = {
  kind: "schedule",
  times: { cron: "0 7 * * *" },
  zone: "UTC",
  missed: "once",
  withinMs: null,
  overlap: "skip",
};

const loud: Log = { ...silent, error: (o: unknown, m?: string) => console.error(m, o) };

interface Opening {
  store?: Store | undefined;
  worker?: string | undefined;
  access?: AccessBook;
  log?: Log;
  /** Throws where somebody may have no more runs at the moment. */
  assertRoom?: EngineDeps["assertRoom"];
}

/** An engine at work over a store, and what starts its runs by itself. */
export const openTriggering = async (
  workflows: readonly Workflow[],
  clock: Clock,
  { worker = "w1", access = nothingSaid, log = loud, assertRoom = async () => {}, ...given }: Opening = {},
): Promise<Triggering> => {
  const store = given.store ?? (await newStore());
  const world = await openWorld(workflows, {
    store,
    // The clock leaps here, which is no death of those who are at work.
    overrides: { clock, worker, assertRoom, concurrency: 20, leaseMs: 365 * day },
  });
  const shared = {
    engine: world.engine,
    store,
    accounts: store.accounts,
    secrets: seal,
    access,
    clock,
    random,
    newId: () => newId(realClock.now(), random),
  };
  const clockwork = openClockwork({ ...shared, log });
  const triggers = createTriggers({ ...shared, look: clockwork.look });
  return {
    world,
    store,
    triggers,
    clockwork,
    make: async (when = {}, wish = {}) =>
      (
        await triggers.make(
          {
            name: wish.name ?? `every day ${shared.newId()}`,
            workflowId: workflows[0]?.id ?? "",
            mode: "automatic",
            values: {},
            former: null,
            when: { ...daily, ...when },
            pauseAfter: null,
            ...wish,
          },
          { ...ada, personId: ownerId },
        )
      ).trigger,
    became: async ({ id }, many) => {
      for (;;) {
        const firings = (await store.triggers.firings(id, null, 1_000)).reverse();
        if (firings.length >= many && firings.every(({ became }) => became !== "queued")) return firings;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      await clockwork.stop();
      await world.close();
    },
  };
};
