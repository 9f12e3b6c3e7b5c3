import type { Store } from "#core/store.ts";
import { openWorld } from "../../engine/world.ts";
import { openInMemory, storeInMemory } from "../../store/in-memory.ts";
import { threeSteps } from "./flow.ts";

/** So many of them are in hand at a time: each listens to all changes. */
const atOnce = 250;

/** Makes the database of a server that died with so many runs in the middle of their first step. */
export const leaveBehind = async (file: string, runs: number): Promise<void> => {
  const { client, db } = openInMemory();
  const store = storeInMemory(Date.now, { client, db });
  // The dead let go of nothing, and nobody takes from those who died before.
  const dead: Store = {
    ...store,
    release: async () => {},
    releaseAll: async () => [],
    close: async () => {},
  };
  for (let left = runs; left > 0; left -= atOnce) {
    const world = await openWorld([threeSteps(new Promise(() => {}))], {
      store: dead,
      overrides: { concurrency: atOnce, stopGraceMs: 1 },
    });
    const ids = await Promise.all(Array.from({ length: Math.min(left, atOnce) }, () => world.start()));
    for (const id of ids) await world.when(id, ({ steps }) => steps[0]?.state === "running");
    await world.close();
  }
  client.prepare("VACUUM INTO ?").run(file);
  await store.close();
};
