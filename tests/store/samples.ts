import { randomBytes } from "node:crypto";
import type { Change, Recorded, RunPatch } from "#core/change.ts";
import type { NewExport } from "#core/exports.ts";
import { newId } from "#core/id.ts";
import type { NewRun } from "#core/new-run.ts";
import type { RunState } from "#core/states.ts";
import type { NewStep } from "#core/step.ts";
import type { Store } from "#core/store.ts";
import type { Trigger } from "#core/trigger.ts";

/** A clock that tests move by hand. */
export interface HandClock {
  now(): number;
  pass(ms: number): void;
}

export const handClock = (): HandClock => {
  let at = 1_700_000_000_000;
  return {
    now: () => at,
    pass: (ms) => {
      at += ms;
    },
  };
};

/** Opens an empty store whose own times come from the clock. */
export type OpenStore = (clock: HandClock) => Promise<Store>;

export const aStep = (id: string): NewStep => ({
  id,
  kind: "do",
  title: `Step ${id}`,
  weightMs: 1_000,
  skippable: null,
  undoable: false,
});

export const twoSteps: readonly NewStep[] = [aStep("fetch"), aStep("save")];

/** Creates a run of two steps and gives its id; each is a millisecond newer than the one before. */
export const newRun = async (
  store: Store,
  clock: HandClock,
  over: Partial<NewRun> = {},
  steps: readonly NewStep[] = twoSteps,
): Promise<string> => {
  clock.pass(1);
  const now = clock.now();
  const id = newId(now, (n) => randomBytes(n));
  await store.createRun(
    {
      id,
      workflowId: "flow",
      title: "A flow",
      subject: "subject",
      mode: "automatic",
      input: { depth: 3 },
      values: { depth: "3" },
      secrets: null,
      lock: null,
      createdAt: now,
      createdBy: "Ada",
      starter: "owner",
      wakeAt: now,
      ...over,
    },
    steps,
    [{ type: "run.created", by: "Ada" }],
  );
  return id;
};

export const change = (store: Store, id: string, what: Change): Promise<Recorded> =>
  store.change(id, 5, () => what);

const ways = {
  queued: [],
  running: ["running"],
  waiting: ["waiting"],
  asking: ["asking"],
  paused: ["paused"],
  completed: ["completed"],
  failed: ["failed"],
  cancelled: ["cancelled"],
  undoing: ["failed", "undoing"],
  undone: ["failed", "undoing", "undone"],
} as const satisfies Record<RunState, readonly RunState[]>;

/** Brings a queued run to a state by moves that are allowed. */
export const bring = async (store: Store, id: string, to: RunState, patch: RunPatch = {}): Promise<void> => {
  for (const state of ways[to]) await change(store, id, { run: { state }, events: [] });
  if (Object.keys(patch).length > 0) await change(store, id, { run: patch, events: [] });
};

/** A schedule of the runs that `newRun` creates, every day at 07:00. */
export const aTrigger = (id: string, over: Partial<Trigger> = {}): Trigger => ({
  id,
  name: `Schedule ${id}`,
  workflowId: "flow",
  mode: "automatic",
  values: {},
  former: null,
  secrets: null,
  when: {
    kind: "schedule",
    times: { cron: "0 7 * * *" },
    zone: "UTC",
    missed: "once",
    withinMs: null,
    overlap: "skip",
  },
  proof: null,
  formerUntil: null,
  makerId: "owner",
  madeAt: 1,
  since: 1,
  pauseAfter: null,
  paused: null,
  decided: 1,
  nextAt: 9,
  revision: 0,
  fired: 0,
  ...over,
});

export const anExport = (over: Partial<NewExport> = {}): NewExport => ({
  provider: "botify",
  connectionId: "c1",
  org: "acme",
  project: "shop",
  analysis: "20260101",
  title: "All URLs of the shop",
  queryHash: "hash-1",
  query: { fields: ["url"] },
  expectedRows: 12,
  ...over,
});
