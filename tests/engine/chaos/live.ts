import fc from "fast-check";
import type { Recorded } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { Event } from "#core/event.ts";
import type { Log } from "#core/log.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { authorLimits } from "#engine/deps.ts";
import type { Engine } from "#engine/engine.ts";
import { newStore } from "../../store/new-store.ts";
import { dyingStore } from "../dying-store.ts";
import { openWorld, type World } from "../world.ts";
import { build, type Misbehaving, type Outside } from "./misbehaving.ts";

/** What two people do meanwhile, each after so many milliseconds; refusals are theirs to live with. */
export const deeds = fc.array(
  fc.record({
    verb: fc.constantFrom(
      "pause",
      "resume",
      "resume",
      "cancel",
      "retry",
      "skip",
      "rewind",
      "undo",
      "answer",
      "answer",
      "answer",
      "modify",
    ),
    by: fc.constantFrom("Ada", "Bo"),
    step: fc.nat(3),
    afterMs: fc.nat(12),
  }),
  { maxLength: 12 },
);
export type Deed = typeof deeds extends fc.Arbitrary<(infer T)[]> ? T : never;

/** Each death comes at that commit of its process, before it or right after it. */
export const deaths = fc.array(
  fc.record({ commit: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom("before", "after") }),
  { maxLength: 3 },
);
export type Death = typeof deaths extends fc.Arbitrary<(infer T)[]> ? T : never;

export interface Lived {
  end: RunWithSteps;
  /** Whether it came to rest in the time that all its limits together allow. */
  rested: boolean;
  events: readonly Event[];
  /** The run after each commit. */
  commits: readonly Recorded[];
  outside: Outside;
  /** How often a person had something done again. */
  again: number;
  /** What the log calls unexpected, and what verbs threw that speaks to nobody. */
  faults: readonly string[];
}

const limits = { ...authorLimits, words: 15, read: 15, draw: 15, look: 15 };

/** Lives through a run of that workflow with those deeds and deaths, until nothing moves any more. */
export const live = async (
  plan: Misbehaving,
  script: readonly Deed[],
  dying: readonly Death[],
): Promise<Lived> => {
  const outside: Outside = new Map();
  const calls = new Map<string, number>();
  const faults: string[] = [];
  const log: Log = {
    info: () => {},
    warn: () => {},
    error: (data, message) => {
      const { err } = data as { err?: unknown };
      if (/unexpectedly|could not be worked on|was refused/.test(message))
        faults.push(`${message}: ${err instanceof Error ? (err.stack ?? err.message) : String(err)}`);
    },
  };
  const commits: Recorded[] = [];
  const keep = (recorded: Recorded): Recorded => {
    commits.push(recorded);
    return recorded;
  };
  const memory = await newStore();
  const store: Store = {
    ...memory,
    createRun: async (...given) => keep(await memory.createRun(...given)),
    change: async (...given) => keep(await memory.change(...given)),
  };
  const open = (over: Store): Promise<World> =>
    openWorld([build(plan, outside, calls)], { store: over, log, overrides: { limits, stopGraceMs: 15 } });

  const first = await open(store);
  const { runId } = await first.engine.start("chaos", { a: "1" }, "Ada");
  await first.engine.close();

  let left = script;
  let again = 0;
  const actOn = async (world: World): Promise<void> => {
    for (let deed = left[0]; deed !== undefined; deed = left[0]) {
      await new Promise((resolve) => setTimeout(resolve, deed?.afterMs));
      left = left.slice(1);
      try {
        // Counted beforehand: a server that dies with the commit that takes it never answers.
        if (deed.verb !== "pause" && deed.verb !== "resume" && deed.verb !== "cancel") again++;
        await perform(world.engine, await world.run(runId), deed);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === "internal")
          faults.push(`${deed.verb} threw ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  };
  for (const { commit, when } of dying) {
    const { store: mortal, died } = dyingStore(store, commit, when);
    const world = await Promise.race([open(mortal), died.then(() => null)]);
    if (world === null) continue;
    const calm = actOn(world).then(() => resting(world, runId));
    if ((await Promise.race([calm, died.then(() => "died")])) === "died") continue;
    await world.engine.close();
  }
  const last = await open(store);
  await actOn(last);
  const rested = await resting(last, runId);
  const end = await last.run(runId);
  const events = await store.events(runId, 0, 10_000);
  await last.engine.close();
  await store.close();
  return { end, rested, events, commits, outside, again, faults };
};

const isAtRest = ({ run, steps }: RunWithSteps): boolean =>
  run.claimedBy === null &&
  run.wish === null &&
  (isOver(run.state) ||
    run.state === "paused" ||
    (run.state === "asking" && !steps.some((step) => step.waiting?.for === "answer")));

/** False when it does not come to rest within seconds: all limits of its functions are a few milliseconds. */
const resting = async (world: World, runId: string): Promise<boolean> => {
  const given = Promise.withResolvers<false>();
  const timer = setTimeout(() => given.resolve(false), 5_000);
  const rested = await Promise.race([world.when(runId, isAtRest).then(() => true), given.promise]);
  clearTimeout(timer);
  return rested;
};

const perform = (engine: Engine, { run, steps }: RunWithSteps, { verb, by, step }: Deed): Promise<void> => {
  const stepId = steps[step % steps.length]?.id ?? "";
  switch (verb) {
    case "pause":
    case "resume":
    case "cancel":
    case "retry":
    case "undo":
      return engine[verb](run.id, by);
    case "skip":
    case "rewind":
      return engine[verb](run.id, stepId, by);
    case "answer": {
      const asking = steps.find((one) => one.state === "asking")?.id ?? stepId;
      return engine.answer(run.id, asking, { decision: step === 0 ? "skip" : "again" }, by);
    }
    case "modify":
      return engine.modify(run.id, { a: String(step + 2) }, by);
    default:
      return verb satisfies never;
  }
};
