import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import { Skip } from "#core/skip.ts";
import { flow, oneStep, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const passing = () => new AppError("unreachable", "The other side does not answer.");

test("steps run in order, each sees the results of those before it, and the outcome is handed over", async () => {
  world = await openWorld([
    flow()
      .do("a", "A", { run: async () => 20 })
      .do("b", "B", { run: async ({ results }) => results.a + 1 })
      .do("c", "C", { run: async ({ results, key }) => `${key} ${results.a + results.b}` })
      .hands((_input, { c }) => ({ sentence: c })),
  ]);
  const id = await world.start();
  const { run, steps } = await world.until(id, "completed");
  expect(run.outcome?.sentence).toBe(`${id}/c 41`);
  expect(run.percentFloor).toBe(100);
  expect(steps.map((step) => [step.state, step.attempt])).toEqual([
    ["completed", 1],
    ["completed", 1],
    ["completed", 1],
  ]);
});

test("an error that can pass is tried again, with the reason and the time of the next attempt kept", async () => {
  let tries = 0;
  world = await openWorld([
    oneStep({
      readsOnly: true,
      run: async ({ attempt }) => (++tries < 3 ? Promise.reject(passing()) : attempt),
    }),
  ]);
  const id = await world.start();
  const waiting = await world.when(id, ({ steps }) => steps[0]?.waiting?.for === "retry");
  expect(stepOf(waiting, "only").waiting?.word).toBe("The other side does not answer.");
  expect(stepOf(await world.until(id, "completed"), "only").result).toBe(3);
});

test("an error that cannot pass stops the run at its step, with the reason", async () => {
  let tries = 0;
  world = await openWorld([
    oneStep({
      run: async () => {
        tries++;
        throw new AppError("remote-refused", "The key was refused.", { detail: "HTTP 401" });
      },
    }),
  ]);
  const id = await world.start();
  const { run, steps } = await world.until(id, "failed");
  expect(tries).toBe(1);
  expect(run.error).toMatchObject({
    code: "remote-refused",
    message: "The key was refused.",
    detail: "HTTP 401",
    stepId: "only",
  });
  expect(steps[0]?.error?.code).toBe("remote-refused");
});

test("an unexpected error is told once, with the step, the function and its own words, and logged", async () => {
  const logged: unknown[] = [];
  const log = { info: () => {}, warn: () => {}, error: (data: object) => logged.push(data) };
  world = await openWorld([oneStep({ run: () => Promise.reject(new TypeError("odd words")) })], { log });
  const id = await world.start();
  const { run } = await world.until(id, "failed");
  expect(run.error).toMatchObject({
    code: "workflow-broken",
    message: "“Only step”: its function “run” threw TypeError: odd words.",
  });
  expect(logged).toMatchObject([{ err: { message: "odd words" } }]);
});

test("a step that takes too long is told to stop and counts as an error that can pass", async () => {
  world = await openWorld([
    oneStep({
      timeoutMs: 20,
      retry: { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 },
      run: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    }),
  ]);
  const { run } = await world.until(await world.start(), "failed");
  expect(run.error).toMatchObject({ code: "timed-out" });
});

test("a step that had nothing to do is skipped with its reason, and later steps still see its result", async () => {
  world = await openWorld([
    flow()
      .do("a", "A", { run: async () => new Skip("Not needed on this version.", 7) })
      .do("b", "B", { run: async ({ results }) => results.a })
      .hands(() => ({ sentence: "" })),
  ]);
  const at = await world.until(await world.start(), "completed");
  expect(stepOf(at, "a")).toMatchObject({ state: "skipped", detail: "Not needed on this version." });
  expect(stepOf(at, "b").result).toBe(7);
});

const asking = flow()
  .ask("name", "Your name?", {
    form: ({ previous }) => ({
      fields: [{ kind: "text", name: "name", label: "Name", value: String(previous ?? "") }],
      submit: "Answer",
    }),
    read: (values) => {
      const name = textOf(values, "name");
      if (name === "") throw new AppError("bad-answer", "The name is missing.", { field: "name" });
      return name;
    },
    detail: (name) => `Hello ${name}`,
  })
  .do("greet", "Greet", { run: async ({ results }) => `Hello ${results.name}` })
  .hands(() => ({ sentence: "" }));

test("a question waits for its answer, refuses a wrong one without losing anything, and goes on with a good one", async () => {
  world = await openWorld([asking]);
  const id = await world.start();
  await world.until(id, "asking");
  await expect(world.engine.answer(id, "name", {}, "Ada")).rejects.toMatchObject({
    code: "bad-answer",
    field: "name",
  });
  expect((await world.run(id)).run.state).toBe("asking");
  await world.engine.answer(id, "name", { name: "Bo" }, "Ada");
  const at = await world.until(id, "completed");
  expect(stepOf(at, "name")).toMatchObject({ state: "completed", detail: "Hello Bo", form: null });
  expect(stepOf(at, "greet").result).toBe("Hello Bo");
});

test("of many who answer the same question at once one wins and the others are told what was answered", async () => {
  world = await openWorld([asking]);
  const id = await world.start();
  await world.until(id, "asking");
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      world.engine.answer(id, "name", { name: `N${index}` }, `P${index}`),
    ),
  );
  expect(answers.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  for (const one of answers) {
    if (one.status === "rejected")
      expect(one.reason).toMatchObject({ code: "conflict", message: /answered already: Hello N/ });
  }
});

test("a question that could not be drawn fails with the reason, and retry asks again", async () => {
  let works = false;
  world = await openWorld([
    flow()
      .ask("q", "Q", {
        form: () => {
          if (!works) throw new AppError("remote-refused", "The token was refused.");
          return { fields: [], submit: "ok" };
        },
        read: () => 1,
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  expect((await world.until(id, "failed")).run.error?.message).toBe("The token was refused.");
  works = true;
  await world.engine.retry(id, "Ada");
  await world.until(id, "asking");
});

test("a wait looks until it is done, shows the other side's word, and is patient with errors that can pass", async () => {
  const answers = ["CREATED", passing(), "ODD WORD", "DONE"];
  const words: string[] = [];
  world = await openWorld([
    flow()
      .wait("job", "Job", {
        everyMs: 1,
        timeoutMs: 60_000,
        look: async ({ look }) => {
          const answer = answers[look - 1];
          if (answer instanceof AppError) throw answer;
          return answer === "DONE" ? { done: "file" } : { waiting: String(answer) };
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  world.engine.listen(({ events }) => {
    for (const event of events) if (event.type === "step.look") words.push(event.word);
  });
  const at = await world.until(await world.start(), "completed");
  expect(stepOf(at, "job")).toMatchObject({ state: "completed", result: "file", waiting: null });
  expect(words).toEqual(["CREATED", "The other side does not answer.", "ODD WORD"]);
});

test("a wait that is refused stops with the reason, and one that never ends stops at its time limit", async () => {
  const waits = (look: () => Promise<{ waiting: string }>, timeoutMs: number) =>
    flow()
      .wait("job", "Job", { everyMs: 1, timeoutMs, look })
      .hands(() => ({ sentence: "" }));
  world = await openWorld([waits(() => Promise.reject(new AppError("remote-refused", "No access.")), 1_000)]);
  expect((await world.until(await world.start(), "failed")).run.error?.message).toBe("No access.");
  await world.close();
  world = await openWorld([waits(async () => ({ waiting: "STILL" }), 20)]);
  const { run } = await world.until(await world.start(), "failed");
  expect(run.error).toMatchObject({ code: "timed-out", message: expect.stringContaining("STILL") });
});

test("progress never falls within an attempt, and log lines come in order with numbers", async () => {
  world = await openWorld([
    oneStep({
      run: async ({ progress, log, substeps }) => {
        const parts = substeps(["one", "two"]);
        for (const done of [10, 50, 30, 80]) {
          progress(done, 100, "rows", "rows");
          log(`at ${done}`);
          await new Promise((resolve) => setTimeout(resolve, 600));
        }
        parts.begin("one");
        parts.end("one");
      },
    }),
  ]);
  const shares: number[] = [];
  world.engine.listen(({ events }) => {
    for (const event of events) if (event.type === "step.progress") shares.push(event.share ?? 0);
  });
  const id = await world.start();
  const at = await world.until(id, "completed");
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(0.8);
  expect(stepOf(at, "only").substeps).toEqual([
    { name: "one", state: "completed" },
    { name: "two", state: "pending" },
  ]);
  const log = await world.store.logs(id, { after: null, limit: 10 });
  expect(log.map((line) => [line.n, line.text])).toEqual([
    [1, "at 10"],
    [2, "at 50"],
    [3, "at 30"],
    [4, "at 80"],
  ]);
});

const other = flow()
  .do("other", "Other", { run: async () => 1 })
  .hands(() => ({ sentence: "" }));

test("a run whose workflow has changed stops with a clear sentence and can be cancelled", async () => {
  world = await openWorld([asking]);
  const { store } = world;
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.close();
  const changed = await openWorld([other], { store });
  await expect(changed.engine.answer(id, "name", { name: "Bo" }, "Ada")).rejects.toMatchObject({
    code: "workflow-changed",
  });
  await changed.engine.cancel(id, "Ada");
  expect((await changed.run(id)).run.state).toBe("cancelled");
  await changed.engine.close();
});

test.each([
  ["has changed since this run began", [other]],
  ["is not there: it was removed", []],
] as const)(
  "a run whose workflow %s says so before anybody asks, and offers nothing that would be refused",
  async (why, workflows) => {
    world = await openWorld([asking]);
    const { store } = world;
    const asks = await world.start();
    const rests = await world.start();
    for (const id of [asks, rests]) await world.until(id, "asking");
    await world.engine.pause(rests, "Ada");
    await world.engine.close();
    const changed = await openWorld([...workflows], { store });
    for (const id of [asks, rests]) {
      const seen = await changed.engine.picture(id);
      expect(seen.unfit).toContain(why);
      const { cancel, startOver, ...others } = seen.may;
      expect([cancel, startOver]).toEqual([true, workflows.length > 0]);
      expect(Object.values(others)).not.toContain(true);
      expect(
        seen.steps.filter(({ mayAnswer, maySkip, mayRetry }) => mayAnswer || maySkip || mayRetry),
      ).toEqual([]);
    }
    const { rows } = await changed.engine.runs({ limit: 5 });
    for (const { now } of rows) expect(now).toContain(why);
    await expect(changed.engine.resume(rests, "Ada")).rejects.toMatchObject({ code: "workflow-changed" });
    expect((await changed.run(rests)).run.state).toBe("paused");
    await changed.engine.close();
    // Nothing was done to it: where its workflow is back, it goes on.
    const back = await openWorld([asking], { store });
    expect(await back.engine.picture(asks)).toMatchObject({ unfit: null, may: { pause: true } });
    await back.engine.answer(asks, "name", { name: "Bo" }, "Ada");
    await back.until(asks, "completed");
    await back.engine.close();
  },
);
