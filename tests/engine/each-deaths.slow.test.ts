import { expect, test } from "vitest";
import { itemStates } from "#core/item.ts";
import { item } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { dyingStore } from "./dying-store.ts";
import { flow, openWorld, realClock } from "./world.ts";

/** The world outside: what was done there stays done, whatever dies here. */
const createOutside = (many: number) => {
  const effects: string[] = [];
  const there = new Set<string>();
  const one = workflow("one", "One", "For tests.", item<{ n: number }>())
    .do("act", "Act", {
      run: async ({ input, key }) => {
        effects.push(`${input.n}`);
        there.add(key);
        return input.n;
      },
      whenInterrupted: async ({ input, key }) =>
        there.has(key)
          ? { happened: true, result: input.n, checked: "It is in the list." }
          : { happened: false, checked: "It is not in the list." },
    })
    .hands(() => ({ sentence: "" }));
  const whole: Workflow = flow()
    .each("all", "All", {
      flow: one,
      of: () => Array.from({ length: many }, (_, n) => ({ key: `${n}`, input: { n } })),
      atOnce: 8,
      waves: [1, "rest"],
      gives: ({ act }) => act,
    })
    .hands((_input, { all }) => ({
      sentence: `${all.length} ${new Set(all.map(({ result }) => result)).size}`,
    }));
  return { effects, whole };
};

/** Ends further apart than a quarter of an hour are no reason to hold a run. */
const apartMs = 16 * 60_000;
let lives = 0;

/** One life of the process, up to its n-th commit. */
const live = async (
  store: Store,
  id: string | null,
  whole: Workflow,
  n: number,
  when: "before" | "after",
) => {
  const { store: dying, died } = dyingStore(store, n, when);
  const laterMs = ++lives * apartMs;
  const clock = { ...realClock, now: () => realClock.now() + laterMs };
  const world = await openWorld([whole], { store: dying, overrides: { concurrency: 8, clock } });
  const runId = id ?? (await world.start());
  const how = await Promise.race([world.until(runId, "completed", "failed"), died.then(() => null)]);
  if (how !== null) {
    await world.engine.close();
    expect(how.run.error).toBe(null);
  }
  return { runId, how };
};

const assertEachOnce = async (store: Store, runId: string, effects: readonly string[], many: number) => {
  expect(effects).toHaveLength(many);
  expect(new Set(effects).size).toBe(many);
  const items = await store.items.of(runId, "all", { states: itemStates, limit: many + 1 });
  expect(items.map(({ item: one }) => one.state)).toEqual(Array(many).fill("completed"));
  expect(new Set(items.map(({ item: one }) => one.childId)).size).toBe(many);
  const { rows } = await store.runs({ workflowId: "flow.all", limit: many + 1 });
  expect(rows).toHaveLength(many);
};

test.each([
  // Dying right after a commit is dying before the next one, but for what was told of it.
  { when: "before", every: 1 },
  { when: "after", every: 4 },
] as const)(
  "a process that dies right $when any commit leaves each item done once, by one run",
  async ({ when, every }) => {
    let deaths = 0;
    for (let n = 1; ; n += every) {
      const outside = createOutside(3);
      const store = await newStore();
      const first = await live(store, null, outside.whole, n, when);
      const last =
        first.how === null
          ? await live(store, first.runId, outside.whole, Number.POSITIVE_INFINITY, "before")
          : first;
      expect(last.how?.run.outcome?.sentence, `commit ${n}`).toBe("3 3");
      await assertEachOnce(store, last.runId, outside.effects, 3);
      await store.close();
      if (first.how !== null) break;
      deaths++;
    }
    // Fewer would mean that the sweep does not reach the items.
    expect(deaths * every).toBeGreaterThan(12);
  },
);

test("of 1,000 items none is done twice, however often the process dies in between", async () => {
  const outside = createOutside(1_000);
  const store = await newStore();
  let id: string | null = null;
  const before = lives;
  for (let seed = 7; ; seed = (seed * 48_271) % 2_147_483_647) {
    const { runId, how } = await live(
      store,
      id,
      outside.whole,
      60 + (seed % 200),
      seed % 2 === 0 ? "before" : "after",
    );
    id = runId;
    if (how !== null) break;
  }
  expect(lives - before).toBeGreaterThan(15);
  await assertEachOnce(store, id, outside.effects, 1_000);
  await store.close();
});
