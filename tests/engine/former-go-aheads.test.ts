import { afterEach, expect, test } from "vitest";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

test("a supervised run that began when go-aheads had other ids is asked and goes on under those to its end", async () => {
  const did: string[] = [];
  world = await openWorld([
    flow()
      .do("look", "Look", { run: async () => void did.push("looked") })
      .do("make", "Make", { run: async () => void did.push("made"), skippable: "Nothing is made." })
      .hands(() => ({ sentence: "Done." })),
  ]);
  const step = (id: string, kind: "ask" | "do") => ({
    id,
    kind,
    title: id,
    weightMs: 0,
    skippable: null,
    undoable: false,
  });
  await world.store.createRun(
    {
      id: "former",
      workflowId: "flow",
      title: "A flow",
      subject: "",
      mode: "supervised",
      input: {},
      values: {},
      secrets: null,
      lock: null,
      createdAt: 1,
      createdBy: "Ada",
      starter: "owner",
      wakeAt: 1,
    },
    [step("approve-look", "ask"), step("look", "do"), step("approve-make", "ask"), step("make", "do")],
    [{ type: "run.created", by: "Ada" }],
  );
  await world.engine.close();
  const again = await openWorld(world.engine.workflows, { store: world.store });
  world = again;
  await again.when("former", (at) => stepOf(at, "approve-look").state === "asking");
  expect((await again.engine.picture("former")).total).toBe(2);
  await again.engine.answer("former", "approve-look", {}, "Ada");
  await again.when("former", (at) => stepOf(at, "approve-make").state === "asking");
  await again.engine.answer("former", "approve-make", {}, "Ada", { press: "skip" });
  const { steps } = await again.until("former", "completed");
  expect(steps.map(({ state }) => state)).toEqual(["completed", "completed", "completed", "skipped"]);
  expect(did).toEqual(["looked"]);
});
