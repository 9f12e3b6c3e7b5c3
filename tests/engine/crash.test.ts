import { expect, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { dyingStore, mortalStore } from "./dying-store.ts";
import { flow, openWorld, type World } from "./world.ts";

/** The world outside: what was done there stays done, whatever dies here. */
const createOutside = () => {
  const jobs: string[] = [];
  const files = new Map<string, string>();
  const looks = new Map<string, number>();
  return {
    jobs,
    files,
    flow: (): Workflow =>
      flow()
        .ask("q", "Q", { form: () => ({ fields: [], submit: "ok" }), read: () => "answer" })
        .do("order", "Order", {
          run: async ({ key }) => {
            jobs.push(key);
            return jobs.length;
          },
          whenInterrupted: async ({ key }) =>
            jobs.includes(key)
              ? { happened: true, result: jobs.indexOf(key) + 1, checked: "The job is in the list." }
              : { happened: false, checked: "The job is not in the list." },
        })
        .wait("job", "Job", {
          everyMs: 1,
          timeoutMs: 60_000,
          look: async ({ runId }) => {
            looks.set(runId, (looks.get(runId) ?? 0) + 1);
            return (looks.get(runId) ?? 0) % 3 === 0 ? { done: "ready" } : { waiting: "BUSY" };
          },
        })
        .do("save", "Save", {
          safeBecause: "The same file is written again.",
          run: async ({ runId, results, progress, log }) => {
            progress(1, 2, "half");
            log("saving");
            files.set(runId, `${results.q} ${results.order} ${results.job}`);
            return files.get(runId);
          },
        })
        .hands((_input, { save }) => ({ sentence: save ?? "" })),
  };
};

/** Two runs of the whole flow at once with a death at commit n; gives what was left outside and how they ended. */
const liveThrough = async (n: number, when: "before" | "after") => {
  const outside = createOutside();
  const store = await newStore();
  const { store: dying, died } = dyingStore(store, n, when);
  const first = await openWorld([outside.flow()], { store: dying });
  const ids = await Promise.all([first.start(), first.start()]);
  const throughQuestion = async (world: World, id: string): Promise<void> => {
    const isAtRest = ({ run }: RunWithSteps) =>
      (run.state === "asking" || isOver(run.state)) && run.claimedBy === null;
    const { run } = await world.when(id, isAtRest);
    if (run.state === "asking") await world.engine.answer(id, "q", {}, "Ada");
    await world.until(id, "completed", "failed");
  };
  const whole = Promise.all(ids.map((id) => throughQuestion(first, id))).then(() => "completed" as const);
  const how = await Promise.race([whole, died.then(() => "died" as const)]);

  const second = how === "died" ? await openWorld([outside.flow()], { store }) : first;
  await Promise.all(ids.map((id) => throughQuestion(second, id)));
  const ends = await Promise.all(
    ids.map(async (id) => ({ ...(await second.run(id)), events: await store.events(id, 0, 1_000) })),
  );
  await second.engine.close();
  await store.close();
  return { how, ends, outside };
};

test.each([
  // Dying right after a commit is dying before the next one, but for what was told of it.
  { when: "before", every: 1 },
  { when: "after", every: 3 },
] as const)(
  "a process that dies right $when any commit leaves its two runs so that they end the same: one job each, one file each, no step finished twice",
  async ({ when, every }) => {
    let deaths = 0;
    for (let n = 1; n < 400; n += every) {
      const { how, ends, outside } = await liveThrough(n, when);
      expect(outside.jobs.toSorted(), `commit ${n}`).toEqual(
        ends.map(({ run }) => `${run.id}/order`).toSorted(),
      );
      for (const { run, steps, events } of ends) {
        const job = outside.jobs.indexOf(`${run.id}/order`) + 1;
        expect(run.state, `commit ${n}`).toBe("completed");
        expect(run.outcome?.sentence, `commit ${n}`).toBe(`answer ${job} ready`);
        for (const step of steps) {
          const ended = events.filter(
            (event) => event.type === "step.state" && event.stepId === step.id && event.to === "completed",
          );
          expect(ended, `commit ${n}, ${step.id}`).toHaveLength(1);
        }
        expect(events.map((event) => event.n)).toEqual(events.map((_, index) => index + 1));
      }
      if (how === "completed") break;
      deaths++;
    }
    // Fewer would mean that the sweep no longer reaches the steps.
    expect(deaths * every).toBeGreaterThan(21);
  },
);

test("a step cut off after its effect says what was checked and that it was not done again", async () => {
  const outside = createOutside();
  const store = await newStore();
  const died = Promise.withResolvers<void>();
  const { store: mortal, die } = mortalStore(store);
  const dying: Store = {
    ...mortal,
    change: (...args) => {
      if (outside.jobs.length === 0) return mortal.change(...args);
      died.resolve();
      return die();
    },
  };
  const first = await openWorld([outside.flow()], { store: dying });
  const id = await first.start();
  await first.until(id, "asking");
  await first.engine.answer(id, "q", {}, "Ada");
  await died.promise;
  const second = await openWorld([outside.flow()], { store });
  const { run } = await second.until(id, "completed");
  expect(run.recovery).toMatchObject({
    stepId: "order",
    outcome: "found",
    checked: "The job is in the list.",
    because: "It had already happened, so it was not done again.",
  });
  await second.close();
});

test("a step that must not be repeated unasked stops after a crash and asks a person", async () => {
  let ran = 0;
  const dangerous = () =>
    flow()
      .do("pay", "Pay", {
        whenInterrupted: "ask",
        run: () => {
          ran++;
          return ran === 1 ? new Promise<never>(() => {}) : Promise.resolve("paid");
        },
      })
      .hands(() => ({ sentence: "" }));
  const store = await newStore();
  const { store: mortal, die } = mortalStore(store);
  const first = await openWorld([dangerous()], { store: mortal });
  const id = await first.start();
  await first.when(id, ({ steps }) => steps[0]?.state === "running");
  void die();
  const second = await openWorld([dangerous()], { store });
  const { run, steps } = await second.until(id, "asking");
  expect(ran).toBe(1);
  expect(run.recovery?.outcome).toBe("asking");
  expect(steps[0]?.form?.fields[0]).toMatchObject({ kind: "note", tone: "warning" });
  await expect(second.engine.answer(id, "pay", {}, "Ada")).rejects.toMatchObject({ code: "bad-answer" });
  await second.engine.answer(id, "pay", { decision: "again" }, "Ada");
  await second.until(id, "completed");
  expect(ran).toBe(2);
  await second.close();
});

test("a worker that was replaced while it slept records nothing any more", async () => {
  const wakeUp = Promise.withResolvers<string>();
  let ran = 0;
  const sleepy = () =>
    flow()
      .do("only", "Only", {
        safeBecause: "It only counts.",
        run: () => (++ran === 1 ? wakeUp.promise : Promise.resolve("second")),
      })
      .hands(() => ({ sentence: "" }));
  const store = await newStore();
  let asleep = false;
  const claim: Store["claim"] = (...args) => (asleep ? Promise.resolve(null) : store.claim(...args));
  const first = await openWorld([sleepy()], { store: { ...store, claim } });
  const id = await first.start();
  await first.when(id, ({ steps }) => steps[0]?.state === "running");
  asleep = true;
  const second = await openWorld([sleepy()], { store, overrides: { worker: "w2" } });
  await second.until(id, "completed");
  const { run } = await second.run(id);
  wakeUp.resolve("first");
  await new Promise((resolve) => setTimeout(resolve, 30));
  const after = await second.run(id);
  expect(after.run.version).toBe(run.version);
  expect(after.steps[0]?.result).toBe("second");
  await second.close();
});

test("a server that closes lets go of its runs at once, and they go on at the next start", async () => {
  const store = await newStore();
  let stopped = 0;
  const began = Promise.withResolvers<void>();
  const long = () =>
    flow()
      .do("long", "Long", {
        safeBecause: "It does nothing.",
        run: ({ signal, attempt }) =>
          attempt > 1
            ? Promise.resolve("done")
            : new Promise((_, reject) => {
                began.resolve();
                signal.addEventListener("abort", () => {
                  stopped++;
                  reject(signal.reason);
                });
              }),
      })
      .hands(() => ({ sentence: "" }));
  const first = await openWorld([long()], { store });
  const id = await first.start();
  await began.promise;
  await first.engine.close();
  expect(stopped).toBe(1);
  expect((await first.run(id)).run.claimedBy).toBeNull();
  const second = await openWorld([long()], { store });
  await second.until(id, "completed");
  await second.close();
});
