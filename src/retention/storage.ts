import type { Actor } from "#core/actor.ts";
import { keepSentence, type Retention, takesAnything } from "#core/retention.ts";
import type { Storage } from "#core/storage.ts";
import { type CleanerDeps, createCleaner } from "./cleaner.ts";
import { createMeasures } from "./measure.ts";
import { isOwed, nextHour } from "./nightly.ts";
import { plan } from "./plan.ts";

export interface StorageDeps extends Omit<CleanerDeps, "retention"> {
  at: CleanerDeps["at"] & { folder: string };
  /** Below so many free bytes nothing new is begun. */
  leastBytes: number;
  /** What holds until people say otherwise. */
  usual: Pick<Retention, "hour" | "usual">;
  /** Of several processes one cleans: tells it that there is something to do. Left out: this is the only one. */
  handOver?(): void;
}

/** Between two looks whether the night has come: the clock may be set, and the machine may sleep. */
const lookEveryMs = 60_000;

const milepost: Actor = { kind: "system", id: null, name: "Milepost" };

export interface OpenStorage extends Storage {
  /** Goes on with a cleaning that was cut off, and cleans every night from now on. */
  open(): Promise<void>;
  /** A cleaning under way goes on at the next start. */
  close(): Promise<void>;
  /** Another process says that there may be something to do. */
  look(): void;
}

/** The room that all takes, and what keeps it in bounds. Nothing is taken away before `open`. */
export const createStorage = (deps: StorageDeps): OpenStorage => {
  const { store, clock, log, leastBytes, usual } = deps;
  const startedAt = clock.now();
  let isOpen = false;
  let callOff = () => {};
  const atStart: Retention = { ...usual, workflows: {}, saidAt: startedAt, fromStart: true };
  /** What an earlier start said holds on where this one says the same, since when it was said first. */
  const said = (now: Retention | null): Retention =>
    now === null || (now.fromStart === true && !isSame(now, atStart)) ? atStart : now;
  const retention = async (): Promise<Retention> => said(await store.cleanings.retention());
  const cleaner = createCleaner({ ...deps, retention });
  const say = async (by: Actor, did: string, target: string, change: (now: Retention) => Retention) => {
    await store.cleanings.retain((now) => {
      const { fromStart: _start, ...changed } = change(said(now));
      return { ...changed, saidAt: clock.now() };
    });
    await store.accounts.audit({ at: clock.now(), by, did, target });
  };
  const lookForWork = async (): Promise<void> => {
    if (!isOpen || (await cleaner.goOn(milepost))) return;
    const rules = await retention();
    const [last] = await store.cleanings.list(1);
    const night = { ...rules, lastAt: last?.at ?? null, now: clock.now() };
    if (takesAnything(rules) && isOwed(night)) await cleaner.start(milepost);
  };
  const look = (): void =>
    void lookForWork().catch((error: unknown) => log.error({ err: error }, "a cleaning could not begin"));
  const watch = (): void => {
    callOff = clock.after(lookEveryMs, () => {
      look();
      watch();
    });
  };
  return {
    ...createMeasures({ folder: deps.at.folder, leastBytes, clock }),
    space: () => store.space(),
    retention,
    keep: (workflowId, keep, by) => {
      const words = keep === null ? "as all others" : keepSentence(keep);
      return say(by, "said how long runs are kept", `${workflowId ?? "all workflows"}: ${words}`, (now) => {
        if (workflowId === null) return keep === null ? now : { ...now, usual: keep };
        const { [workflowId]: _former, ...others } = now.workflows;
        return { ...now, workflows: keep === null ? others : { ...others, [workflowId]: keep } };
      });
    },
    cleanAt: (hour, by) =>
      say(by, "said when runs are cleaned up", `every night at ${hour}:00`, (now) => ({ ...now, hour })),
    plan: async () => plan(deps, await retention(), clock.now()),
    clean: async (by) => {
      if (isOpen || deps.handOver === undefined) return cleaner.start(by);
      await cleaner.order(by);
      deps.handOver();
    },
    cleanings: (limit) => store.cleanings.list(limit),
    nextAt: async () => {
      const rules = await retention();
      return takesAnything(rules) ? nextHour(rules.hour, clock.now()) : null;
    },
    open: async () => {
      await store.cleanings.retain(said);
      await cleaner.goOn(milepost);
      isOpen = true;
      watch();
    },
    look,
    close: async () => {
      isOpen = false;
      callOff();
      await cleaner.close();
    },
  };
};

const isSame = (one: Retention, other: Retention): boolean =>
  one.hour === other.hour && JSON.stringify(one.usual) === JSON.stringify(other.usual);
