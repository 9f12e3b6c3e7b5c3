import { expect, test } from "vitest";
import { item } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld } from "./world.ts";

test("of a list that is drawn again only the runs are read that have changed since, and each row says what holds now", async () => {
  const memory = await newStore();
  const read: string[] = [];
  const store = {
    ...memory,
    run: (id: string) => {
      read.push(id);
      return memory.run(id);
    },
  };
  const go = new Map<string, () => void>();
  const one = workflow("one", "One", "For tests.", item<string>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async ({ input, log }) => {
        log(`${input} begins`);
        await new Promise<void>((resolve) => go.set(input, resolve));
        log(`${input} goes on`);
        await new Promise<void>((resolve) => go.set(input, resolve));
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const names = ["a", "b", "c"];
  const list = flow()
    .each("all", "All", { flow: one, of: () => names.map((name) => ({ key: name, input: name })), atOnce: 3 })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([list], { store, overrides: { concurrency: 8 } });
  const id = await world.start();
  const rows = async () => (await world.engine.picture(id)).steps[0]?.items?.rows ?? [];
  const said = async () => (await rows()).map(({ lastLine }) => lastLine);
  await expect.poll(said).toEqual(names.map((name) => `${name} begins`));
  const ofItem = new Map((await rows()).map(({ key, runId }) => [key, runId]));
  const readOf = (key: string) => read.filter((runId) => runId === ofItem.get(key)).length;
  const before = { a: readOf("a"), b: readOf("b"), c: readOf("c") };
  await said();
  expect({ a: readOf("a"), b: readOf("b"), c: readOf("c") }).toEqual(before);
  go.get("b")?.();
  await expect.poll(said).toEqual(["a begins", "b goes on", "c begins"]);
  expect(readOf("b")).toBeGreaterThan(before.b);
  expect([readOf("a"), readOf("c")]).toEqual([before.a, before.c]);
  await world.close();
});
