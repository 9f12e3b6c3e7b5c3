import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { item } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld } from "./world.ts";

/** A store that refuses the n-th of the questions that whoever works on runs asks. */
const refusing = (store: Store, n: number) => {
  const refused: string[] = [];
  let asked = 0;
  const guard =
    <G extends unknown[], T>(name: string, ask: (...given: G) => Promise<T>) =>
    (...given: G): Promise<T> => {
      asked++;
      if (asked !== n) return ask(...given);
      refused.push(name);
      return Promise.reject(new AppError("store-busy", "PostgreSQL cannot be reached."));
    };
  const { items } = store;
  const refuses: Store = {
    ...store,
    line: guard("line", store.line),
    past: guard("past", store.past),
    items: { ...items, of: guard("items", items.of), counts: guard("counts", items.counts) },
  };
  return { refuses, refused };
};

test("whatever a step asks of a store that is away for a moment, it asks again: no run fails, and nothing is done twice", async () => {
  const names = new Set<string>();
  for (let n = 1; ; n++) {
    const effects: string[] = [];
    const one = workflow("one", "One", "For tests.", item<string>())
      .do("work", "Work", {
        turn: { of: () => "the only one" },
        run: async ({ input }) => void effects.push(input),
      })
      .hands(() => ({ sentence: "Done." }));
    const whole = flow()
      .each("all", "All", { flow: one, of: () => ["a", "b"].map((key) => ({ key, input: key })) })
      .do("last", "Last", { turn: { of: () => "the only one" }, run: async () => void effects.push("last") })
      .hands(() => ({ sentence: "Done." }));
    const { refuses, refused } = refusing(await newStore(), n);
    const world = await openWorld([whole], { store: refuses });
    const { run } = await world.until(await world.start(), "completed", "failed");
    expect([n, refused, run.state, run.error]).toEqual([n, refused, "completed", null]);
    expect(effects.toSorted()).toEqual(["a", "b", "last"]);
    expect(world.engine.unrecorded(run.id)).toBeNull();
    await world.close();
    for (const name of refused) names.add(name);
    if (refused.length === 0) break;
  }
  expect([...names].toSorted()).toEqual(["counts", "items", "line", "past"]);
});
