import { randomBytes } from "node:crypto";
import { createSeal } from "#connections/seal.ts";
import type { Clock } from "#core/clock.ts";
import type { Dispatch } from "#core/dispatch.ts";
import { newId } from "#core/id.ts";
import type { InJson } from "#core/json.ts";
import type { Log } from "#core/log.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { start } from "#core/start.ts";
import type { RunState } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { Store } from "#core/store.ts";
import { type DoOptions, type Workflow, workflow } from "#core/workflow.ts";
import { fixedWorkflows } from "#core/workflows.ts";
import type { EngineDeps } from "#engine/deps.ts";
import { createLocalDispatch } from "#engine/dispatch/local-dispatch.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { createEngine, type Engine } from "#engine/engine.ts";
import { newStore } from "../store/new-store.ts";

export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

export interface World {
  store: Store;
  engine: Engine;
  /** Starts a run of the first workflow. */
  /** Of the first workflow, unless another is named. */
  start(values?: Record<string, string>, workflowId?: string): Promise<string>;
  run(id: string): Promise<RunWithSteps>;
  step(id: string, stepId: string): Promise<Step>;
  /** Resolves when the run is in one of these states and no worker holds it. */
  until(id: string, ...states: RunState[]): Promise<RunWithSteps>;
  /** Resolves when the change holds. */
  when(id: string, holds: (at: RunWithSteps) => boolean): Promise<RunWithSteps>;
  close(): Promise<void>;
}

export interface WorldOptions {
  store?: Store;
  log?: Log;
  overrides?: Partial<EngineDeps>;
  /** How runs come to workers; its own, in this process, unless another is given. */
  dispatch?: Dispatch;
  /** Whether runs go on at once, as they do unless told otherwise. */
  opened?: boolean;
}

/** An engine at work over a store. */
export const openWorld = async (
  workflows: readonly Workflow[],
  options: WorldOptions = {},
): Promise<World> => {
  const store = options.store ?? (await newStore());
  const log = options.log ?? silent;
  const deps: EngineDeps = {
    store,
    feed: createLocalFeed(log),
    clock: realClock,
    log,
    workflows: fixedWorkflows(workflows),
    random: () => 0,
    newId: () => newId(realClock.now(), (n) => randomBytes(n)),
    worker: "w1",
    concurrency: 4,
    stopGraceMs: 60,
    leaseMs: 30_000,
    assertRoom: async () => {},
    assertMayUse: async () => {},
    connectionWith: async () => null,
    secrets: createSeal(new Uint8Array(32).fill(7), (n) => randomBytes(n)),
    retry: { attempts: 3, firstMs: 5, factor: 1, maxMs: 5 },
    ...options.overrides,
  };
  const engine = createEngine(deps, options.dispatch ?? createLocalDispatch({ ...deps }));
  if (options.opened !== false) await engine.open();
  const run = async (id: string): Promise<RunWithSteps> => {
    const found = await store.run(id);
    if (found === null) throw new Error(`no run ${id}`);
    return found;
  };
  const when = (id: string, holds: (at: RunWithSteps) => boolean): Promise<RunWithSteps> =>
    new Promise((resolve, reject) => {
      const look = () =>
        run(id).then((at) => {
          if (!holds(at)) return;
          stop();
          resolve(at);
        }, reject);
      const stop = engine.listen(({ run: changed }) => {
        if (changed.id === id) void look();
      });
      void look();
    });
  return {
    store,
    engine,
    run,
    when,
    start: async (values = {}, workflowId = workflows[0]?.id ?? "") =>
      (await engine.start(workflowId, values, "Ada")).runId,
    step: async (id, stepId) => stepOf(await run(id), stepId),
    until: (id, ...states) => when(id, (at) => states.includes(at.run.state) && isFree(at.run)),
    close: async () => {
      await engine.close();
      await store.close();
    },
  };
};

const isFree = (run: Run): boolean => run.claimedBy === null;

export const stepOf = ({ steps }: RunWithSteps, id: string): Step => {
  const found = steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
};

/** A workflow without input. */
export const flow = (id = "flow") =>
  workflow(id, "A flow", "For tests.", start({ subject: () => "subject" }));

/** A workflow of one do step. */
export const oneStep = <T>(options: DoOptions<unknown, object, T> & InJson<T>): Workflow =>
  flow()
    .do("only", "Only step", options)
    .hands(() => ({ sentence: "Done." }));
