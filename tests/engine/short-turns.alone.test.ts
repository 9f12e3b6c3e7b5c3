import { expect, test } from "vitest";
import type { Store } from "#core/store.ts";
import { newStore } from "../store/new-store.ts";
import { noOps, runThrough, stepsOfNoOps } from "./no-ops.ts";
import { type Turns, watchTurns } from "./turns-of-loop.ts";
import { flow, openWorld, type World } from "./world.ts";

/** As many moves of others' runs may somebody wait for who asks meanwhile: about 20 ms of a quiet machine. */
const mostMoves = 50;
const atWork = { concurrency: 200 };

const gated = (gate: Promise<void>) =>
  flow()
    .do("first", "First", { safeBecause: "It only waits.", run: () => gate })
    .do("second", "Second", { run: async () => {} })
    .do("third", "Third", { run: async () => {} })
    .hands(() => ({ sentence: "Done." }));

/** Resolves when so many runs have completed. */
const untilCompleted = (world: World, count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    world.engine.listen(({ run, events }) => {
      if (run.state === "completed" && events.some((one) => one.type === "run.state") && --left === 0)
        resolve();
    });
  });

/** Which part of the work was done in turns that took as long as more than `mostMoves` take on this machine now. */
const shareOfLong = ({ totalMs, shareBeyond }: Turns, moves: number): number =>
  shareBeyond((totalMs / moves) * mostMoves);

// Collecting garbage and a busy machine count as work too: what is meant comes each time.
const patient = { retry: 2 };

test(
  "while 300 runs begin at once, hardly any work is done in turns of the event loop that would let somebody wait",
  patient,
  async () => {
    const world = await openWorld([noOps()], { overrides: atWork });
    await runThrough(world, 40);
    const end = watchTurns();
    const over = untilCompleted(world, 300);
    // As they come by HTTP: one request after the other.
    for (let n = 0; n < 300; n += 1) {
      void world.start();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await over;
    expect(shareOfLong(end(), 300 * (stepsOfNoOps + 1))).toBeLessThan(0.03);
    await world.close();
  },
);

test(
  "while 1,000 runs are taken up again after a crash, hardly any work is done in such turns",
  patient,
  async () => {
    const store = await newStore();
    // Nothing that the first server does reaches the store any more once it is dead.
    const dead: Store = { ...store, release: async () => {}, close: async () => {} };
    const before = await openWorld([gated(new Promise(() => {}))], {
      store: dead,
      overrides: { concurrency: 1_000, stopGraceMs: 1 },
    });
    const ids: string[] = [];
    for (let n = 0; n < 1_000; n += 1) ids.push(await before.start());
    for (const id of ids) await before.when(id, ({ steps }) => steps[0]?.state === "running");
    await before.close();
    const end = watchTurns();
    const world = await openWorld([gated(Promise.resolve())], { store, overrides: atWork });
    await untilCompleted(world, 1_000);
    expect(shareOfLong(end(), 1_000 * 4)).toBeLessThan(0.03);
    await world.close();
  },
);
