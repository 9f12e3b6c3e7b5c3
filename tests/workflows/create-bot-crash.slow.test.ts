import { afterEach, expect, it } from "vitest";
import { createSshPool } from "#connectors/ssh/pool.ts";
import type { Store } from "#core/store.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { type BotMachine, startBotMachine } from "./bot-machine.ts";
import { botValues, onlyNode1, usualLent } from "./bot-world.ts";

let machine: BotMachine;
let end: () => Promise<void> = async () => {};
afterEach(async () => {
  await end();
  await machine.close();
});

/** A server process as its database and its nodes see it: from `die` on, nothing of it arrives anywhere. */
const startProcess = async (store: Store, diesAfter: (stepId: string) => boolean) => {
  const never = new Promise<never>(() => {});
  let dead = false;
  const died = Promise.withResolvers<void>();
  const mortal =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      dead ? never : call(...args);
  const pool = createSshPool();
  const bots = createBot({
    connections: onlyNode1,
    connect: async (_id, of) => ({ ssh: pool.lease("node1", machine.target, of), ...usualLent }),
    ...{ lookEveryMs: 50, settleMs: 300 },
  });
  const dieAfter = async <T>(stepId: string, work: Promise<T>): Promise<T> => {
    const result = await work;
    if (!diesAfter(stepId)) return result;
    dead = true;
    died.resolve();
    return never;
  };
  const dying = (step: Extract<StepDefinition, { kind: "do" | "wait" }>): StepDefinition =>
    step.kind === "do"
      ? { ...step, run: (ctx) => dieAfter(step.id, step.run(ctx)) }
      : {
          ...step,
          look: async (ctx) => {
            // The first look of one that sets something going notes what is there, the second orders it.
            const counts = ctx.look === (step.setsGoing ? 2 : 1);
            return counts ? dieAfter(step.id, step.look(ctx)) : step.look(ctx);
          },
        };
  const steps = bots.steps.map((step) => (step.kind === "ask" || step.kind === "each" ? step : dying(step)));
  const world: World = await openWorld([{ ...bots, steps }], {
    store: {
      ...store,
      claim: mortal(store.claim),
      beat: mortal(store.beat),
      release: mortal(store.release),
      nextWake: mortal(store.nextWake),
      change: mortal(store.change),
    },
    overrides: { stopGraceMs: 5_000 },
  });
  return { world, pool, died: died.promise };
};

it("a server that dies in every step, after its change and before it is recorded, makes one bot and changes nothing twice", async () => {
  machine = await startBotMachine();
  const store = await newStore();
  const deaths: string[] = [];
  const once = (stepId: string) => !deaths.includes(stepId) && deaths.push(stepId) > 0;
  let now = await startProcess(store, once);
  end = async () => {
    await now.world.close();
    await now.pool.close();
  };
  const id = await now.world.start(botValues() as Record<string, string>);
  for (;;) {
    const over = now.world.until(id, "completed", "failed", "asking").then(({ run }) => run);
    const how = await Promise.race([over, now.died.then(() => null)]);
    if (how === null) {
      await now.pool.close();
      now = await startProcess(store, once);
    } else if (how.state === "asking") {
      // The message: whether it went out only a person can see. It did.
      await now.world.engine.answer(id, "notify", { decision: "skip" }, "Ada");
    } else {
      expect(how.error).toBeNull();
      expect(how.state).toBe("completed");
      break;
    }
  }
  const { steps } = await now.world.run(id);
  expect(deaths).toEqual(steps.filter(({ kind }) => kind !== "ask").map((step) => step.id));
  const events = await store.events(id, 0, 10_000);
  for (const step of steps) {
    const ends = events.filter(
      (event) =>
        event.type === "step.state" &&
        event.stepId === step.id &&
        (event.to === "completed" || event.to === "skipped"),
    );
    expect(ends, step.id).toHaveLength(1);
  }
  const changes = machine.effects();
  expect(changes.filter((line) => line.includes("agents add"))).toHaveLength(1);
  expect(changes.filter((line) => line.includes("gateway restart"))).toHaveLength(1);
  expect(changes.filter((line) => line.includes("message send"))).toHaveLength(1);
  expect(changes).toEqual([...new Set(changes)]);
});
