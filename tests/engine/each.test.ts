import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { ItemState } from "#core/item.ts";
import { itemStates } from "#core/item.ts";
import { item } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { storeInMemory } from "../store/in-memory.ts";
import { flow, openWorld, type World } from "./world.ts";

interface Host {
  name: string;
}

/** What was done to each host, in the order in which it was done. */
const createFleet = (bad: ReadonlySet<string> = new Set()) => {
  const done: string[] = [];
  const undone: string[] = [];
  const sick = new Set(bad);
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async ({ input }) => {
        if (sick.has(input.name)) throw new Error(`${input.name} is broken`);
        done.push(input.name);
        return { host: input.name };
      },
      undo: async ({ input }) => {
        undone.push(input.name);
      },
    })
    .hands((_input, { work }) => ({ sentence: `${work.host} is done.` }));
  return { one, done, undone, sick };
};

const hosts = (n: number) =>
  Array.from({ length: n }, (_, at) => ({ key: `web${at + 1}`, input: { name: `web${at + 1}` } }));

const rowsOf = async ({ store }: World, id: string, ...states: ItemState[]) =>
  store.items.of(id, "hosts", { states: states.length > 0 ? states : itemStates, limit: 10_000 });

test("an each step does its list by a run for each, and hands on what each came to", async () => {
  const fleet = createFleet();
  const whole = flow()
    .each("hosts", "On each host", {
      flow: fleet.one,
      of: () => hosts(12),
      gives: ({ work }) => work.host.toUpperCase(),
    })
    .do("after", "After", {
      safeBecause: "It only reads.",
      run: async ({ results }) => results.hosts.map(({ key, result }) => `${key}=${result}`).join(" "),
    })
    .hands((_input, { after }) => ({ sentence: after }));
  const world = await openWorld([whole]);
  const id = await world.start();
  const { run, steps } = await world.until(id, "completed", "failed");
  expect(run.error).toBe(null);
  expect(fleet.done.toSorted()).toEqual(
    hosts(12)
      .map(({ key }) => key)
      .toSorted(),
  );
  expect(run.outcome?.sentence).toMatch(/^web1=WEB1 web2=WEB2 .* web12=WEB12$/);
  expect(steps[0]?.detail).toBe("12 done.");
  expect(steps[0]?.progress).toMatchObject({ done: 12, total: 12 });
  expect((await world.engine.runs({ limit: 50 })).rows).toHaveLength(1);
  expect((await world.engine.runs({ limit: 50, workflowId: "flow.hosts" })).rows).toHaveLength(12);
  expect(await world.engine.countRuns()).toMatchObject({ completed: 1 });
  await world.close();
});

/** The workflow that most of these are about: a list of hosts, and what happened to them. */
const fanOut = (n: number, fleet: ReturnType<typeof createFleet>, how: object = {}) =>
  flow()
    .each("hosts", "On each host", { flow: fleet.one, of: () => hosts(n), ...how })
    .hands((_input, { hosts: all }) => ({ sentence: `${all.length} came back.` }));

test("no more are begun once so many have failed, and trying again does only what is left", async () => {
  const fleet = createFleet(new Set(["web2", "web3"]));
  const world = await openWorld([fanOut(40, fleet, { atOnce: 1, stopAfter: 2 })]);
  const id = await world.start();
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toBe(
    "1 done, 2 failed (web2, web3), 37 not begun. web2: “Work”: its function “run” threw Error: web2 is broken. web3: “Work”: its function “run” threw Error: web3 is broken.",
  );
  fleet.sick.clear();
  await world.engine.retry(id, "Ada");
  const after = await world.until(id, "completed");
  expect(after.steps[0]?.detail).toBe("40 done.");
  expect(fleet.done.toSorted()).toEqual(
    hosts(40)
      .map(({ key }) => key)
      .toSorted(),
  );
  await world.close();
});

test("a wave begins when all of those before it are over, and never more than allowed are under way", async () => {
  const order: string[] = [];
  let under = 0;
  let most = 0;
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async ({ input }) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setImmediate(resolve));
        under--;
        order.push(input.name);
      },
    })
    .hands(() => ({ sentence: "" }));
  const waved = flow()
    .each("hosts", "On each host", { flow: one, of: () => hosts(10), atOnce: 3, waves: [1, "20 %", "rest"] })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([waved], { overrides: { concurrency: 8 } });
  await world.until(await world.start(), "completed");
  expect(order[0]).toBe("web1");
  expect(order.slice(1, 3).toSorted()).toEqual(["web2", "web3"]);
  expect(order).toHaveLength(10);
  expect(most).toBeLessThanOrEqual(3);
  await world.close();
});

test("a supervised run pauses before each further wave, says with whom it begins, and does only what was let begin", async () => {
  const fleet = createFleet();
  const world = await openWorld([fanOut(5, fleet, { atOnce: 5, waves: [1, 2, "rest"] })]);
  const { runId: id } = await world.engine.start("flow", {}, "Ada", { mode: "supervised" });
  await world.until(id, "asking");
  await world.engine.answer(id, "approve_hosts", {}, "Ada");
  await world.until(id, "paused");
  expect(fleet.done).toEqual(["web1"]);
  const { steps } = await world.engine.picture(id);
  expect(steps.at(-1)).toMatchObject({
    waiting: { paused: { sentence: "Resume begins wave 2: web2, web3." } },
    progress: { done: 1, total: 5 },
  });
  await world.engine.resume(id, "Ada");
  await expect.poll(() => fleet.done.length).toBe(3);
  await world.until(id, "paused");
  expect(fleet.done.toSorted()).toEqual(["web1", "web2", "web3"]);
  await world.engine.cancel(id, "Ada");
  await world.until(id, "cancelled");
  expect(fleet.done).toHaveLength(3);
  await world.engine.retry(id, "Ada");
  await world.until(id, "paused");
  await world.engine.resume(id, "Ada");
  await world.until(id, "completed");
  expect(fleet.done.toSorted()).toEqual(["web1", "web2", "web3", "web4", "web5"]);
  await world.close();
});

test("of the workers no more than half work on the items of one run, and another run is taken meanwhile", async () => {
  const open = Promise.withResolvers<void>();
  let under = 0;
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async () => {
        under++;
        await open.promise;
        under--;
      },
    })
    .hands(() => ({ sentence: "" }));
  const wide = flow()
    .each("hosts", "On each host", { flow: one, of: () => hosts(20), atOnce: 20 })
    .hands(() => ({ sentence: "" }));
  const other = flow("other")
    .do("only", "Only", { safeBecause: "It does nothing.", run: async () => {} })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([wide, other], { overrides: { concurrency: 4 } });
  const id = await world.start();
  await expect.poll(() => under).toBe(2);
  await world.until(await world.start({}, "other"), "completed");
  expect(under).toBe(2);
  open.resolve();
  await world.until(id, "completed");
  await world.close();
});

test("a pause begins no more and pauses those under way; going on, each host is done once", async () => {
  const fleet = createFleet();
  const world = await openWorld([fanOut(60, fleet, { atOnce: 2 })]);
  const id = await world.start();
  await expect.poll(() => fleet.done.length).toBeGreaterThan(5);
  await world.engine.pause(id, "Ada");
  await world.until(id, "paused");
  await expect.poll(async () => (await rowsOf(world, id, "running")).length).toBe(0);
  const done = fleet.done.length;
  expect(done).toBeLessThan(60);
  await expect(world.engine.rewind(id, "hosts", "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
  await world.engine.resume(id, "Ada");
  await world.until(id, "completed");
  expect(new Set(fleet.done).size).toBe(60);
  expect(fleet.done).toHaveLength(60);
  await world.close();
});

test("a cancel ends those under way, begins no more, and the receipt counts them; trying again does the rest", async () => {
  const fleet = createFleet();
  const hang = { on: true };
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: ({ input, signal }) =>
        hang.on && input.name !== "web1"
          ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
          : Promise.resolve(void fleet.done.push(input.name)),
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([fanOut(9, { ...fleet, one: one as never }, { atOnce: 2 })]);
  const id = await world.start();
  // The first one is over, and the third has taken its place.
  await expect.poll(async () => (await rowsOf(world, id, "completed")).length).toBe(1);
  await expect.poll(async () => (await rowsOf(world, id, "running")).length).toBe(2);
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel).toMatchObject({ unconfirmed: null });
  expect(run.cancel?.note).toMatch(/^2 under way were stopped, 2 of them confirmed. 6 had not begun.$/);
  expect(await rowsOf(world, id, "running")).toEqual([]);
  hang.on = false;
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect(fleet.done.toSorted()).toEqual(
    hosts(9)
      .map(({ key }) => key)
      .toSorted(),
  );
  await world.close();
});

test("what failed is tried again while the others go on, and nothing else is; once the run is over it goes on with what is left", async () => {
  const gate = Promise.withResolvers<void>();
  const fleet = createFleet(new Set(["web1"]));
  const tried: string[] = [];
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async ({ input }) => {
        tried.push(input.name);
        if (fleet.sick.has(input.name)) throw new Error(`${input.name} is broken`);
        if (input.name === "web2") await gate.promise;
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([fanOut(3, { ...fleet, one: one as never }, { atOnce: 2, stopAfter: 3 })]);
  const id = await world.start();
  await expect.poll(async () => (await rowsOf(world, id, "completed")).length).toBe(1);
  await world.when(id, ({ run }) => run.state === "waiting");
  expect((await world.engine.items(id, "hosts")).mayRetry).toBe(true);
  fleet.sick.clear();
  await world.engine.retryItems(id, "hosts", "Ada");
  await expect.poll(async () => (await rowsOf(world, id, "completed")).length).toBe(2);
  await expect(world.engine.retryItems(id, "hosts", "Ada")).rejects.toMatchObject({
    code: "not-allowed-now",
  });
  gate.resolve();
  await world.until(id, "completed");
  expect(tried.filter((name) => name !== "web1")).toEqual(["web2", "web3"]);
  expect(tried.at(-1)).toBe("web1");
  await world.close();
});

test("an item that fails and removes what it made has failed all the same", async () => {
  const undone: string[] = [];
  const one = workflow("one", "One host", "For tests.", item<Host>({ onFailure: () => "undo" }))
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async () => {},
      undo: async ({ input }) => void undone.push(input.name),
    })
    .do("look", "Look", {
      readsOnly: true,
      run: async ({ input }) => {
        if (input.name === "web2") throw new Error("broken");
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([fanOut(3, { one } as never, { atOnce: 1, stopAfter: 2 })]);
  const id = await world.start();
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toContain("2 done, 1 failed (web2)");
  expect(undone).toEqual(["web2"]);
  await world.engine.undo(id, "Ada");
  await world.when(id, ({ run: now }) => now.undoneAt !== null);
  expect(undone.toSorted()).toEqual(["web1", "web2", "web3"]);
  await world.close();
});

test("undoing goes backwards through the list, and only through what was made", async () => {
  const fleet = createFleet(new Set(["web4"]));
  const world = await openWorld([fanOut(6, fleet, { atOnce: 1 })]);
  const id = await world.start();
  await world.until(id, "failed");
  await world.engine.undo(id, "Ada");
  const { run, steps } = await world.until(id, "failed");
  expect(run.undoneAt).not.toBe(null);
  expect(steps[0]?.state).toBe("undone");
  // The one that failed half-way has to look what is there.
  expect(fleet.undone.toSorted()).toEqual(["web1", "web2", "web3", "web4"]);
  expect(fleet.undone[0]).toBe("web4");
  await world.close();
});

test("what items leave where the whole is undone is said by its step, the first of them by name", async () => {
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async () => "done",
      undo: async ({ input: { name } }) => (name === "web2" ? undefined : { stays: "Its file stays." }),
    })
    .hands(() => ({ sentence: "Done." }));
  const whole = flow()
    .each("hosts", "On each host", { flow: one, of: () => hosts(6), atOnce: () => 3 })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([whole]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  const { steps } = await world.until(id, "undone");
  expect(steps[0]?.detail).toBe(
    "web1: Its file stays. web3: Its file stays. web4: Its file stays. And so for 2 more items.",
  );
  await world.close();
});

test("going back past the step undoes its items and makes the list anew; the former runs stay as they were", async () => {
  const fleet = createFleet();
  let lists = 0;
  const whole = flow()
    .do("before", "Before", { safeBecause: "It does nothing.", run: async () => {} })
    .each("hosts", "On each host", {
      flow: fleet.one,
      of: () => {
        lists++;
        return hosts(3);
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([whole]);
  const id = await world.start();
  await world.until(id, "completed");
  const former = await rowsOf(world, id);
  await world.engine.rewind(id, "before", "Ada");
  await world.when(id, ({ run }) => run.state === "completed" && lists === 2);
  expect(fleet.undone.toSorted()).toEqual(["web1", "web2", "web3"]);
  const rows = await rowsOf(world, id);
  expect(rows.map(({ item: one }) => one.round)).toEqual([1, 1, 1]);
  for (const { at } of former) expect((await world.run(at?.run.id ?? "")).run.undoneAt).not.toBe(null);
  await world.close();
});

test("an item that asks is answered by itself, and the others go on meanwhile", async () => {
  const asked = workflow("one", "One host", "For tests.", item<Host>())
    .ask("sure", "Sure?", { form: () => ({ fields: [], submit: "ok" }), read: () => "yes" })
    .hands(() => ({ sentence: "" }));
  const whole = flow()
    .each("hosts", "On each host", { flow: asked, of: () => hosts(3) })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([whole]);
  const id = await world.start();
  await expect.poll(async () => (await rowsOf(world, id, "asking")).length).toBe(3);
  const { rows } = await world.engine.runs({ limit: 50, workflowId: "flow.hosts" });
  expect(rows.map(({ now, may }) => [now, may.answer])).toEqual(
    Array.from({ length: 3 }, () => ["Step 1 of 1: Sure?", true]),
  );
  for (const { at } of await rowsOf(world, id, "asking"))
    await world.engine.answer(at?.run.id ?? "", "sure", {}, "Ada");
  await world.until(id, "completed");
  await world.close();
});

test("another workflow is a step, and what it gives is the step's result", async () => {
  const inner = workflow("inner", "Inner", "For tests.", item<{ n: number }>())
    .do("double", "Double", { safeBecause: "It only counts.", run: async ({ input }) => input.n * 2 })
    .hands(() => ({ sentence: "" }));
  const outer = flow()
    .run("twice", "Twice", { workflow: inner, input: () => ({ n: 21 }), gives: ({ double }) => double })
    .hands((_input, { twice }) => ({ sentence: `${twice}` }));
  const world = await openWorld([outer]);
  const { run } = await world.until(await world.start(), "completed", "failed");
  expect(run.outcome?.sentence).toBe("42");
  await world.close();
});

test("a list of two that are called the same, and one that is empty, end with a sentence", async () => {
  const fleet = createFleet();
  const twice = flow("twice")
    .each("hosts", "On each host", { flow: fleet.one, of: () => [...hosts(1), ...hosts(1)] })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([twice, fanOut(0, fleet)]);
  const { run } = await world.until(await world.start({}, "twice"), "failed");
  expect(run.error?.message).toMatch("“web1” is twice in the list");
  const none = await world.until(await world.start({}, "flow"), "completed");
  expect(none.steps[0]).toMatchObject({ state: "skipped", detail: "The list is empty." });
  expect(fleet.done).toEqual([]);
  await world.close();
});

test("items take at most 4 KiB of SQLite's file each, and their runs are told of by no list that did not ask", async () => {
  const fleet = createFleet();
  const store = storeInMemory();
  const world = await openWorld([fanOut(60, fleet, { atOnce: 10 })], {
    store,
    overrides: { concurrency: 8 },
  });
  const before = (await store.space()).bytes;
  await world.until(await world.start(), "completed");
  expect(((await store.space()).bytes - before) / 60).toBeLessThan(4_096);
  expect((await world.engine.runs({ limit: 100, search: "web" })).rows).toEqual([]);
  await world.close();
});

test("an item that could not be undone is told with why, and how to go on is told once", async () => {
  const one = workflow("one", "One host", "For tests.", item<Host>())
    .do("work", "Work", {
      safeBecause: "it is a test",
      run: async ({ input }) => ({ host: input.name }),
      undo: async ({ input }) => {
        if (input.name === "web2") throw new AppError("unreachable", "web2 does not answer.");
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([fanOut(3, { ...createFleet(), one })]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "failed");
  await world.close();
  expect(run.error?.message).toBe(
    "Undoing “On each host” failed: web2: web2 does not answer. Not undone: “On each host”. Undo again to go on with the rest.",
  );
});
