import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Change } from "#core/change.ts";
import { openPostgresStore } from "#store/postgres/open.ts";
import { flow, openWorld } from "../../engine/world.ts";
import { handClock, newRun } from "../samples.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ durable: true });
});
afterAll(() => server.close());

const open = async (url: string) => {
  const random = (n: number) => randomBytes(n);
  return openPostgresStore({ url, now: Date.now, random });
};

test("PostgreSQL ends in the middle of twenty runs and comes back: each ends, no step is done twice, and no event is missing", async () => {
  const store = await open(await server.fresh());
  const done: string[] = [];
  let half = () => {};
  const halfDone = new Promise<void>((resolve) => {
    half = resolve;
  });
  const names = ["one", "two", "three", "four", "five", "six"] as const;
  const steps = names.map((name) => ({
    name,
    run: async ({ key }: { key: string }) => {
      done.push(key);
      if (done.length === 60) half();
    },
  }));
  const workflow = steps
    .reduce(
      (made, { name, run }) => made.do(name, name, { run, safeBecause: "it only counts" }) as never,
      flow(),
    )
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([workflow], { store, overrides: { concurrency: 8 } });
  onTestFinished(() => world.close());
  const ids = await Promise.all(Array.from({ length: 20 }, () => world.start()));
  await halfDone;
  await server.restart();
  for (const id of ids) {
    const { run, steps: ended } = await world.until(id, "completed", "failed");
    expect(run).toMatchObject({ state: "completed", error: null });
    expect(ended.map(({ attempt }) => attempt)).toEqual(names.map(() => 1));
    const events = await store.events(id, 0, 1_000);
    expect(events.map(({ n }) => n)).toEqual(events.map((_, place) => place + 1));
  }
  expect(new Set(done).size).toBe(20 * names.length);
  expect(done).toHaveLength(20 * names.length);
});

test("what several runs came to at the same moment is kept, though one of them came to what PostgreSQL cannot keep", async () => {
  const store = await open(await server.fresh());
  onTestFinished(() => store.close());
  const clock = handClock();
  for (let n = 0; n < 6; n += 1) await newRun(store, clock);
  const held = [];
  for (let n = 0; n < 6; n += 1) held.push(await store.claim("w1", clock.now(), 60_000));
  const outcomes = await Promise.allSettled(
    held.map((claimed, at) => {
      const decide = (): Change => ({
        steps: [{ id: "fetch", patch: { detail: `of ${at}`, activeMs: at === 2 ? 1e30 : at } }],
        events: [],
        logs: [{ stepId: "fetch", attempt: 1, level: "info", text: `line ${at}` }],
      });
      return store.change(claimed?.run.id ?? "", 5, decide, { epoch: claimed?.run.epoch ?? -1 });
    }),
  );
  expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true, true]);
  for (const [at, claimed] of held.entries()) {
    const found = await store.run(claimed?.run.id ?? "");
    expect(found?.steps[0]?.detail).toBe(at === 2 ? null : `of ${at}`);
    const lines = await store.logs(claimed?.run.id ?? "", { after: 0, limit: 10 });
    expect(lines.map(({ text }) => text)).toEqual(at === 2 ? [] : [`line ${at}`]);
  }
});

test("a database that is not there is told in a sentence", async () => {
  await expect(open("postgres://milepost@127.0.0.1:1/nowhere")).rejects.toThrow(
    "PostgreSQL cannot be reached, or is too busy, so nothing can be saved until it answers again.",
  );
});
