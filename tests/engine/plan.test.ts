import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const planned = (did: string[]) =>
  flow()
    .do("look", "Look", {
      run: async () => ({ home: "/home/ada" }),
      plan: () => ({ lines: [{ kind: "command", text: "pwd" }], result: { home: "/home/ada" } }),
    })
    .do("make", "Make", {
      run: async ({ results }) => void did.push(`made ${results.look.home}`),
      plan: ({ results }) => ({ lines: [{ kind: "command", text: `mkdir '${results.look.home}/bot'` }] }),
      undo: async () => void did.push("removed"),
      skippable: "The folder is missing then.",
    })
    .do("link", "Link", {
      run: async () => void did.push("linked"),
      plan: () => ({ lines: [], skip: "This version needs no link." }),
    })
    .hands(() => ({ sentence: "" }));

test("a plan tells what each step would do from what earlier ones expect, and does nothing", async () => {
  const did: string[] = [];
  world = await openWorld([planned(did)]);
  const plan = await world.engine.plan("flow", {});
  expect(plan.steps.map(({ id, lines, skip, unknown }) => ({ id, lines, skip, unknown }))).toEqual([
    { id: "look", lines: [{ kind: "command", text: "pwd" }], skip: null, unknown: null },
    { id: "make", lines: [{ kind: "command", text: "mkdir '/home/ada/bot'" }], skip: null, unknown: null },
    { id: "link", lines: [], skip: "This version needs no link.", unknown: null },
  ]);
  expect(did).toEqual([]);
  expect((await world.engine.runs({ limit: 5 })).rows).toEqual([]);
});

test("a plan that meets an error says where the run would stop and does not guess about the rest", async () => {
  world = await openWorld([
    flow()
      .do("reach", "Reach it", {
        run: async () => null,
        plan: () => {
          throw new AppError("unreachable", "node1 does not answer.");
        },
      })
      .do("use", "Use it", { run: async () => null, plan: () => ({ lines: [] }) })
      .hands(() => ({ sentence: "" })),
  ]);
  const { steps } = await world.engine.plan("flow", {});
  expect(steps.map((step) => step.unknown)).toEqual([
    "As things are it would fail: node1 does not answer.",
    "The run would have stopped at “Reach it”.",
  ]);
});

test("a supervised run asks before each step with its plan, leaves one out on request, and does only what was approved", async () => {
  const did: string[] = [];
  world = await openWorld([planned(did)]);
  const { runId } = await world.engine.start("flow", {}, "Ada", { mode: "supervised" });
  await world.when(runId, (at) => stepOf(at, "approve_look").state === "asking");
  await world.engine.answer(runId, "approve_look", {}, "Ada");
  const second = await world.when(runId, (at) => stepOf(at, "approve_make").state === "asking");
  expect(JSON.stringify(stepOf(second, "approve_make").form)).toContain("mkdir '/home/ada/bot'");
  expect(did).toEqual([]);
  await world.engine.answer(runId, "approve_make", {}, "Ada", { press: "skip" });
  await world.when(runId, (at) => stepOf(at, "approve_link").state === "asking");
  expect(stepOf(await world.run(runId), "make")).toMatchObject({
    state: "skipped",
    detail: "Left out by Ada.",
  });
  await world.engine.answer(runId, "approve_link", { comment: "Not now" }, "Ada", { press: "reject" });
  await world.until(runId, "failed");
  expect(did).toEqual([]);
});
