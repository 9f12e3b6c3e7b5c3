import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { supervised } from "#core/supervised.ts";
import type { WaitOptions, Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { dyingStore } from "./dying-store.ts";
import { flow, openWorld, realClock } from "./world.ts";

const waits = (options: Partial<WaitOptions<unknown, object, string>>): Workflow =>
  flow()
    .wait("job", "Job", {
      ...{ everyMs: 1, timeoutMs: 60_000, look: async () => ({ done: "ready" }) },
      ...options,
    })
    .hands((_input, { job }) => ({ sentence: job }));

test("whatever instant Milepost dies at, what a wait begins is begun under one key, and each look has what beginning gave", async () => {
  let deaths = 0;
  for (let n = 1; n < 60; n++) {
    const begun = new Set<string>();
    const seen = new Set<unknown>();
    const made = () =>
      waits({
        begin: async ({ key, waitingSince }) => {
          begun.add(`${key}@${waitingSince}`);
          return { key };
        },
        look: async ({ kept, look }) => {
          seen.add((kept as { key: string }).key);
          return look < 3 ? { waiting: "busy" } : { done: "ready" };
        },
      });
    const store = await newStore();
    const { store: dying, died } = dyingStore(store, n, "before");
    const first = await openWorld([made()], { store: dying });
    const starting = first.start();
    const how = await Promise.race([
      starting.then((id) => first.until(id, "completed")).then(() => "lived" as const),
      died.then(() => "died" as const),
    ]);
    const second = how === "died" ? await openWorld([made()], { store }) : first;
    for (const {
      run: { id },
    } of (await store.runs({ limit: 10 })).rows) {
      const { run, steps } = await second.until(id, "completed", "failed");
      expect([n, run.state, begun.size]).toEqual([n, "completed", 1]);
      expect(seen).toEqual(new Set([`${id}/job`]));
      expect(steps[0]?.waiting).toBeNull();
    }
    await second.close();
    if (how === "lived") break;
    deaths++;
  }
  expect(deaths).toBeGreaterThan(4);
});

test("a try that a person asks for begins anew, one that could not begin for a moment is begun later, and what cannot be kept is told", async () => {
  const began: string[] = [];
  let fails = true;
  const world = await openWorld([
    waits({
      begin: async ({ attempt }) => {
        began.push(`begin ${attempt}`);
        if (began.length === 1) throw new AppError("unreachable", "Nobody is there.");
        return null;
      },
      look: async ({ attempt, kept }) => {
        began.push(`look ${attempt} ${kept}`);
        if (fails) throw new AppError("remote-failed", "It broke.", { canPass: false });
        return { done: "ready" };
      },
    }),
    { ...waits({ begin: async () => "x".repeat(70_000) }), id: "large" },
  ]);
  const id = await world.start();
  await world.until(id, "failed");
  fails = false;
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect(began).toEqual(["begin 1", "begin 1", "look 1 null", "begin 2", "look 2 null"]);
  const large = await world.start({}, "large");
  expect((await world.until(large, "failed")).run.error?.message).toContain("more than 64 KiB to keep");
  await world.close();
});

test("in a supervised run a wait that begins something is asked about, and one that is left out begins nothing", async () => {
  let begun = 0;
  const made = waits({ begin: async () => ++begun });
  expect(supervised(made).steps.map(({ id }) => id)).toEqual(["approve_job", "job"]);
  const world = await openWorld([
    supervised({ ...made, steps: made.steps.map((step) => ({ ...step, skippable: "Nothing is made." })) }),
  ]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "approve_job", { comment: "" }, "Ada", { press: "skip" });
  await world.until(id, "completed", "failed");
  expect([begun, (await world.step(id, "job")).state]).toEqual([0, "skipped"]);
  await world.close();
});

test("what could not be begun for as long as that may take fails with the reason, and did not work meanwhile", async () => {
  let looks = 0;
  // Each look takes twenty seconds.
  const clock = { ...realClock, now: () => realClock.now() + looks * 20_000 };
  const begin = async () => {
    looks++;
    throw new AppError("unreachable", "Nobody is there.");
  };
  const away = waits({ begin, beginWithinMs: 50_000, lookLimitMs: 300_000, timeoutMs: 3_600_000 });
  const world = await openWorld([away], { overrides: { clock } });
  const id = await world.start();
  const { run, steps } = await world.until(id, "failed");
  expect(run.error?.message).toBe("It could not be begun in 1 minute. Nobody is there.");
  expect(looks).toBe(3);
  // Only the last look, which failed it, is work of its try.
  const [{ activeMs = 0, backoffMs = 0, attempt = 0 } = {}] = steps;
  expect([attempt, Math.floor(activeMs / 20_000), Math.floor(backoffMs / 20_000)]).toEqual([1, 1, 2]);
  await world.close();
});
