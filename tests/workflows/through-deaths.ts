import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { createMortal } from "./mortal-process.ts";

interface Lives {
  /** The workflows of one server process. What they speak with somebody else through is guarded by it: it dies with the process. */
  workflows(through: <T extends object>(thing: T) => T): readonly Workflow[];
  /** The runs that are under way at once: workflow and values. */
  wishes: readonly (readonly [string, Record<string, string>])[];
  /** Whether they are undone when they are over. */
  undo?: boolean;
  store?: Store;
}

/**
 * Runs at once through kill -9 at every moment of each of them where that can hurt, with a new start after each: when a step, a look or an
 * undo has done something that is not recorded yet, when it has just been recorded, and in the middle, when a call was sent and its answer is
 * lost. `deaths`: how many those were.
 */
export const liveThroughDeaths = async ({ workflows, wishes, undo = false, store }: Lives) => {
  const kept = store ?? (await newStore());
  const deaths = new Set<string>();
  const start = async () => {
    const mortal = createMortal(kept);
    const at = async (moment: string) => {
      if (deaths.has(moment)) return;
      deaths.add(moment);
      await mortal.die();
    };
    const through = <T extends object>(thing: T): T => tellingCalls(mortal.through(thing), at);
    const watched = workflows(through).map((each) => tellingWork(each, at));
    const world = await openWorld(watched, { store: tellingEnds(mortal.store, at) });
    return { world, died: mortal.died };
  };
  let process = await start();
  const first = process.world;
  const ids = await Promise.all(wishes.map(([workflow, values]) => first.start(values, workflow)));
  for (;;) {
    const { world, died } = process;
    const ended = Promise.all(ids.map((id) => toItsEnd(world, id, undo)));
    const runs = await Promise.race([ended, died.then(() => null)]);
    if (runs !== null) {
      await world.engine.close();
      return { runs, deaths: deaths.size };
    }
    process = await start();
  }
};

/** The same client, which tells when a call was sent and nobody has heard its answer; calls that differ are told apart. */
const tellingCalls = <T extends object>(thing: T, at: (moment: string) => Promise<unknown>): T =>
  new Proxy(thing, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const call: unknown = Reflect.apply(value, target, args);
        if (!(call instanceof Promise)) return call;
        const told = args.filter((arg) => !(arg instanceof AbortSignal));
        return at(`${String(name)} ${JSON.stringify(told)}`).then(() => call);
      };
    },
  });

/** The same workflow, which tells whenever one of its functions has done something. */
const tellingWork = (workflow: Workflow, at: (moment: string) => Promise<unknown>): Workflow => ({
  ...workflow,
  steps: workflow.steps.map((step): StepDefinition => {
    if (step.kind !== "do" && step.kind !== "wait") return step;
    const after =
      <C extends { runId: string }, T>(what: string, work: (ctx: C) => Promise<T>) =>
      async (ctx: C): Promise<T> => {
        const result = await work(ctx);
        await at(`${ctx.runId} ${step.id} ${what}`);
        return result;
      };
    const { undo } = step;
    const undoing = undo === undefined ? {} : { undo: after("undo", undo as never) as typeof undo };
    if (step.kind === "do") return { ...step, ...undoing, run: after("run", step.run) };
    // The first look of one that sets something going notes what is there, the second orders it.
    const look: typeof step.look = (ctx) => after(`look ${Math.min(ctx.look, 3)}`, step.look)(ctx);
    return { ...step, ...undoing, look };
  }),
});

/** The same store, which tells whenever the end of a step has been recorded. */
const tellingEnds = (store: Store, at: (moment: string) => Promise<unknown>): Store => ({
  ...store,
  change: async (...args) => {
    const recorded = await store.change(...args);
    const { run, steps } = recorded;
    const last = steps.findLast(({ state }) => ["completed", "skipped", "failed"].includes(state));
    const undone = steps.find(({ state }) => state === "undone");
    await at(`${run.id} ${last?.id} ${last?.state}, undone ${undone?.id}`);
    return recorded;
  },
});

/** Goes on to the end of a run; whoever is asked agrees, lets go on what was held, and undoes what is to be undone. */
const toItsEnd = async (world: World, id: string, undo: boolean): Promise<RunWithSteps> => {
  const now = await world.until(id, "asking", "paused", "completed", "failed", "undone");
  const asking = now.steps.find(({ state }) => state === "asking");
  // One that was under way at two deaths is held until somebody says that it may go on.
  if (asking?.kind === "do") await world.engine.answer(id, asking.id, { decision: "again" }, "Ada");
  else if (asking !== undefined) await world.engine.answer(id, asking.id, { press: "approve" }, "Ada");
  else if (now.run.state === "paused") await world.engine.resume(id, "Ada");
  else if (!undo || now.run.undoneAt !== null) return now;
  else await world.engine.undo(id, "Ada");
  return toItsEnd(world, id, undo);
};
