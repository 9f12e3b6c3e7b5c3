import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { flow, oneStep, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** A promise that is settled from outside. */
const gate = () => Promise.withResolvers<void>();

const obeying = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );

test("pause stops before the next step, and resume goes on exactly there", async () => {
  const first = gate();
  const began: string[] = [];
  world = await openWorld([
    flow()
      .do("a", "A", {
        run: () => {
          began.push("a");
          return first.promise;
        },
      })
      .do("b", "B", { run: async () => void began.push("b") })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.when(id, (at) => stepOf(at, "a").state === "running");
  await world.engine.pause(id, "Ada");
  expect((await world.run(id)).run.wish).toBe("pause");
  first.resolve();
  const paused = await world.until(id, "paused");
  expect(stepOf(paused, "a").state).toBe("completed");
  expect(began).toEqual(["a"]);
  await world.engine.resume(id, "Ada");
  await world.until(id, "completed");
  expect(began).toEqual(["a", "b"]);
});

test("a wait pauses at once and keeps the time of its next look; a paused run stays paused after a restart", async () => {
  const waits = flow()
    .wait("job", "Job", {
      everyMs: 60_000,
      timeoutMs: 1e9,
      look: async ({ look }) => (look > 1 ? { done: 1 } : { waiting: "BUSY" }),
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([waits]);
  const id = await world.start();
  const waiting = await world.until(id, "waiting");
  await world.engine.pause(id, "Ada");
  expect((await world.run(id)).run.state).toBe("paused");
  await world.engine.close();
  const again = await openWorld([waits], { store: world.store });
  expect((await again.run(id)).run.state).toBe("paused");
  await again.engine.resume(id, "Ada");
  const resumed = await again.run(id);
  expect(resumed.run.state).toBe("waiting");
  expect(resumed.run.wakeAt).toBe(stepOf(waiting, "job").waiting?.nextAt);
  await again.engine.retry(id, "Ada");
  await again.until(id, "completed");
  await again.engine.close();
});

test("a paused question cannot be answered until the run is resumed, and then it is the same question", async () => {
  world = await openWorld([
    flow()
      .ask("q", "Q", { form: () => ({ fields: [], submit: "ok" }), read: () => "yes" })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.pause(id, "Ada");
  await expect(world.engine.answer(id, "q", {}, "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
  await world.engine.resume(id, "Ada");
  await world.engine.answer(id, "q", {}, "Ada");
  await world.until(id, "completed");
});

test("cancel ends the work in flight and its receipt says: asked, signal sent, confirmed", async () => {
  let ended = false;
  world = await openWorld([
    oneStep({
      run: async ({ signal }) => {
        try {
          await obeying(signal);
        } finally {
          ended = true;
        }
      },
    }),
  ]);
  const id = await world.start();
  await world.when(id, (at) => stepOf(at, "only").state === "running");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(ended).toBe(true);
  expect(run.cancel).toMatchObject({ by: "Ada", stepId: "only", unconfirmed: null });
  expect(run.cancel?.signalledAt).not.toBeNull();
  expect(run.cancel?.confirmedAt).not.toBeNull();
  const types = (await world.store.history(id, 100)).map((event) => event.type);
  expect(types).toEqual(expect.arrayContaining(["run.asked", "cancel.signalled", "cancel.confirmed"]));
});

test("a step that does not obey is left behind, the run says that it could not confirm, and its late result is not recorded", async () => {
  const never = gate();
  world = await openWorld([
    flow()
      .do("deaf", "Deaf", { run: () => never.promise })
      .do("next", "Next", { run: async () => 1 })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.when(id, (at) => stepOf(at, "deaf").state === "running");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel?.confirmedAt).toBeNull();
  expect(run.cancel?.unconfirmed).toContain("did not end");
  never.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(stepOf(await world.run(id), "deaf").state).toBe("failed");
});

test("a step that ends but cannot tell what became of its work is never shown as stopped for sure", async () => {
  world = await openWorld([
    oneStep({
      run: ({ signal }) =>
        obeying(signal).catch(() => {
          throw new AppError("unreachable", "The connection is gone.", {
            unconfirmed: "The host did not answer any more.",
          });
        }),
    }),
  ]);
  const id = await world.start();
  await world.when(id, (at) => stepOf(at, "only").state === "running");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel).toMatchObject({ confirmedAt: null, unconfirmed: "The host did not answer any more." });
});

test("cancelling a wait tells the other side to stop, or says in the receipt that it cannot be stopped", async () => {
  const told: string[] = [];
  const waits = flow()
    .wait("job", "Job", {
      everyMs: 60_000,
      timeoutMs: 1e9,
      look: async () => ({ waiting: "BUSY" }),
      onCancel: async () => {
        told.push("stop");
        return "The job goes on elsewhere.";
      },
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([waits]);
  for (const pausedFirst of [false, true]) {
    const id = await world.start();
    await world.until(id, "waiting");
    if (pausedFirst) await world.engine.pause(id, "Ada");
    await world.engine.cancel(id, "Ada");
    const { run } = await world.until(id, "cancelled");
    expect(run.cancel?.note).toBe("The job goes on elsewhere.");
  }
  expect(told).toEqual(["stop", "stop"]);
});

test("a wait whose other side could not be told to stop is cancelled, and never called confirmed", async () => {
  const waits = flow()
    .wait("job", "Job", {
      everyMs: 60_000,
      timeoutMs: 1e9,
      look: async () => ({ waiting: "BUSY" }),
      onCancel: async () => {
        throw new AppError("remote-failed", "It belongs to another user.");
      },
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([waits]);
  const id = await world.start();
  await world.until(id, "waiting");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel).toMatchObject({
    confirmedAt: null,
    unconfirmed: "What goes on elsewhere could not be stopped: It belongs to another user.",
  });
});

test("cancel while nothing is at work is confirmed at once; a cancelled run can be tried again from where it stopped", async () => {
  world = await openWorld([
    flow()
      .ask("q", "Q", { form: () => ({ fields: [], submit: "ok" }), read: () => 1 })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.cancel(id, "Ada");
  const { run } = await world.run(id);
  expect(run).toMatchObject({ state: "cancelled", cancel: { note: "Nothing was at work at that moment." } });
  await world.engine.retry(id, "Ada");
  await world.until(id, "asking");
});

test("retry does the failed step again and none of the finished ones", async () => {
  const done: string[] = [];
  let broken = true;
  world = await openWorld([
    flow()
      .do("a", "A", { run: async () => void done.push("a") })
      .do("b", "B", {
        run: async () => {
          if (broken) throw new AppError("remote-refused", "No.");
          done.push("b");
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "failed");
  broken = false;
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect(done).toEqual(["a", "b"]);
});

test("what somebody asked of a wait is not told as the reason why it failed later", async () => {
  let isBad = false;
  world = await openWorld([
    flow()
      .wait("job", "Job", {
        everyMs: 60_000,
        timeoutMs: 3_600_000,
        look: async () => {
          if (isBad) throw new AppError("bad-input", "It came to nothing.");
          return { waiting: "PROCESSING" };
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) > 0);
  isBad = true;
  await world.engine.retry(id, "Ada");
  const { steps } = await world.until(id, "failed");
  expect([steps[0]?.detail, steps[0]?.error?.message]).toEqual([null, "It came to nothing."]);
});

test("a step is skipped only where its author allows it", async () => {
  const refuse = () => Promise.reject(new AppError("remote-refused", "No."));
  world = await openWorld([
    flow()
      .do("a", "A", { run: refuse, skippable: "Nobody is told." })
      .do("b", "B", { run: refuse })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "failed");
  await world.engine.skip(id, "a", "Ada");
  const at = await world.when(id, ({ run, steps }) => run.state === "failed" && steps[1]?.state === "failed");
  expect(stepOf(at, "a")).toMatchObject({ state: "skipped", detail: "Skipped by Ada. Nobody is told." });
  await expect(world.engine.skip(id, "b", "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
});

test("rewind clears later answers and results, keeps the step's own answer to fill its form, and runs again from there", async () => {
  const drawn: unknown[] = [];
  const ran: unknown[] = [];
  world = await openWorld([
    flow()
      .ask("q", "Q", {
        form: ({ previous }) => {
          drawn.push(previous);
          return { fields: [], submit: "ok" };
        },
        read: (values) => values.a,
      })
      .do("b", "B", { run: async ({ results }) => void ran.push(results.q) })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "q", { a: "one" }, "Ada");
  await world.until(id, "completed");
  await world.engine.rewind(id, "q", "Ada");
  const at = await world.until(id, "asking");
  expect(stepOf(at, "b")).toMatchObject({ state: "pending", result: null, attempt: 0 });
  expect(at.run.percentFloor).toBeLessThan(100);
  await world.engine.answer(id, "q", { a: "two" }, "Ada");
  await world.until(id, "completed");
  expect(drawn).toEqual([undefined, "one"]);
  expect(ran).toEqual(["one", "two"]);
});

test("undo goes backwards through what the run made, goes on after a failure, and never undoes twice", async () => {
  const undone: string[] = [];
  let broken = true;
  const make = (id: string) => ({
    run: async () => id,
    undo: async ({ result }: { result: string | undefined }) => {
      if (id === "b" && broken) throw new AppError("remote-refused", "Still in use.");
      undone.push(String(result));
    },
  });
  world = await openWorld([
    flow()
      .do("a", "A", make("a"))
      .do("b", "B", make("b"))
      .do("c", "C", make("c"))
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "failed")).run.error?.message).toContain("Still in use.");
  broken = false;
  await world.engine.undo(id, "Ada");
  const at = await world.until(id, "undone");
  expect(undone).toEqual(["c", "b", "a"]);
  expect(at.steps.map((step) => step.state)).toEqual(["undone", "undone", "undone"]);
});

test("a finalized run refuses every change until it is unlocked, and a run under way cannot be finalized", async () => {
  world = await openWorld([
    flow()
      .ask("q", "Q", { form: () => ({ fields: [], submit: "ok" }), read: () => 1 })
      .hands(() => ({ sentence: "" })),
  ]);
  const { engine } = world;
  const id = await world.start();
  await world.until(id, "asking");
  await expect(engine.finalize(id, "Ada")).rejects.toMatchObject({ code: "not-allowed-now" });
  await engine.answer(id, "q", {}, "Ada");
  await world.until(id, "completed");
  await engine.finalize(id, "Ada");
  for (const verb of [
    engine.pause,
    engine.resume,
    engine.cancel,
    engine.retry,
    engine.undo,
    engine.finalize,
  ]) {
    await expect(verb(id, "Ada")).rejects.toMatchObject({ code: "finalized" });
  }
  await expect(engine.rewind(id, "q", "Ada")).rejects.toMatchObject({ code: "finalized" });
  await expect(engine.skip(id, "q", "Ada")).rejects.toMatchObject({ code: "finalized" });
  await engine.unlock(id, "Ada");
  await engine.rewind(id, "q", "Ada");
});

test("of two runs that want the same lock the second is refused with the run that holds it, until that one is over", async () => {
  const locked = workflow("locked", "Locked", "", start({ subject: () => "", lock: () => "bot:bot" }))
    .ask("q", "Q", { form: () => ({ fields: [], submit: "ok" }), read: () => 1 })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([locked]);
  const id = await world.start();
  await expect(world.start()).rejects.toMatchObject({ code: "locked", runId: id });
  await world.until(id, "asking");
  await world.engine.cancel(id, "Ada");
  const second = await world.start();
  await expect(world.engine.retry(id, "Ada")).rejects.toMatchObject({ code: "locked", runId: second });
});

test("what is not possible now is refused with a sentence and changes nothing", async () => {
  world = await openWorld([oneStep({ run: async () => 1 })]);
  const { engine } = world;
  const id = await world.start();
  const { run } = await world.until(id, "completed");
  for (const verb of [engine.pause, engine.resume, engine.cancel, engine.retry, engine.undo]) {
    await expect(verb(id, "Ada")).rejects.toBeInstanceOf(AppError);
  }
  await expect(engine.pause("nothing", "Ada")).rejects.toMatchObject({ code: "not-found" });
  await expect(engine.start("nothing", {}, "Ada")).rejects.toMatchObject({ code: "not-found" });
  expect((await world.run(id)).run.version).toBe(run.version);
});
