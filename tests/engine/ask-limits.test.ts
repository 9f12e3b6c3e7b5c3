import { afterEach, expect, test } from "vitest";
import type { ApproveOptions } from "#core/approval.ts";
import { AppError } from "#core/errors.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const approving = (options: Partial<ApproveOptions<unknown, object>>, did: string[]) =>
  flow()
    .approve("ok", "Delete the table", {
      about: () => ({
        what: "The table “customers” is deleted.",
        risk: "high",
        impact: ["408 rows are lost."],
      }),
      ...options,
    })
    .do("delete", "Delete", { run: async () => void did.push("deleted") })
    .hands(() => ({ sentence: "" }));

test("nothing happens before the approval, and it names who approved and why", async () => {
  const did: string[] = [];
  world = await openWorld([approving({}, did)]);
  const id = await world.start();
  await world.until(id, "asking");
  expect(did).toEqual([]);
  await world.engine.answer(id, "ok", { comment: "Backed up." }, "Ada");
  const done = await world.until(id, "completed");
  expect(did).toEqual(["deleted"]);
  expect(stepOf(done, "ok")).toMatchObject({
    detail: "Approved by Ada: Backed up.",
    result: {
      by: "Ada",
      comment: "Backed up.",
      decisions: [{ by: "Ada", personId: "owner", channel: "page", comment: "Backed up." }],
    },
  });
});

test("a rejected approval prevents the action for good, unless somebody asks again", async () => {
  const did: string[] = [];
  world = await openWorld([approving({}, did)]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "ok", { comment: "Too risky." }, "Ada", { press: "reject" });
  const failed = await world.until(id, "failed");
  expect(failed.run.error).toMatchObject({
    code: "rejected",
    message: "Ada rejected “Delete the table”: Too risky.",
  });
  expect(stepOf(failed, "delete").state).toBe("pending");
  await world.engine.retry(id, "Bo");
  await world.until(id, "asking");
  expect(did).toEqual([]);
  await world.engine.answer(id, "ok", {}, "Bo");
  await world.until(id, "completed");
  expect(did).toEqual(["deleted"]);
});

test("of two people who answer the same approval at once one wins, and the other is told", async () => {
  const did: string[] = [];
  world = await openWorld([approving({}, did)]);
  const id = await world.start();
  await world.until(id, "asking");
  const both = await Promise.allSettled([
    world.engine.answer(id, "ok", {}, "Ada"),
    world.engine.answer(id, "ok", {}, "Bo", { press: "reject" }),
  ]);
  expect(both.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  expect(both.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "conflict" });
});

test("an approval for people only is refused to a program, and stays open for a person", async () => {
  const did: string[] = [];
  world = await openWorld([approving({ personOnly: true }, did)]);
  const id = await world.start();
  await world.until(id, "asking");
  await expect(world.engine.answer(id, "ok", {}, "ci", { channel: "token" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await world.engine.answer(id, "ok", {}, "Ada");
  await world.until(id, "completed");
});

test.each([
  ["reject", "failed", []],
  ["approve", "completed", ["deleted"]],
] as const)("without an answer in time “%s” holds: the run is %s", async (unanswered, state, effects) => {
  const did: string[] = [];
  world = await openWorld([approving({ timeoutMs: 30, unanswered }, did)]);
  const id = await world.start();
  const over = await world.until(id, state);
  expect(did).toEqual(effects);
  expect(stepOf(over, "ok").detail ?? over.run.error?.message).toContain("Nobody answered");
});

test("the time for an answer is kept over a restart, and does not run out while the run is paused", async () => {
  const did: string[] = [];
  const flows = [approving({ timeoutMs: 150, unanswered: "approve" }, did)];
  world = await openWorld(flows);
  const id = await world.start();
  const asking = await world.until(id, "asking");
  await world.engine.pause(id, "Ada");
  await world.engine.close();
  const again = await openWorld(flows, { store: world.store });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await again.run(id)).run.state).toBe("paused");
  await again.engine.resume(id, "Ada");
  await again.until(id, "completed");
  expect(did).toEqual(["deleted"]);
  expect(asking.run.wakeAt).toBe(stepOf(asking, "ok").waiting?.nextAt);
  await again.engine.close();
});

test("“Modify” goes back to the question that holds the plan, filled in as it was answered", async () => {
  const asked: unknown[] = [];
  world = await openWorld([
    flow()
      .ask("plan", "Plan", {
        form: ({ previous }) => {
          asked.push(previous);
          return { fields: [{ kind: "text", name: "tables", label: "Tables" }], submit: "Next" };
        },
        read: ({ tables }) => ({ tables: String(tables) }),
      })
      .approve("ok", "Create it", {
        about: ({ results }) => ({ what: `Creates ${results.plan.tables}.`, risk: "low", impact: [] }),
        modify: "plan",
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "plan", { tables: "a" }, "Ada");
  await world.when(id, (at) => stepOf(at, "ok").state === "asking");
  await world.engine.answer(id, "ok", {}, "Ada", { press: "modify" });
  await world.when(id, (at) => stepOf(at, "plan").state === "asking");
  expect(asked).toEqual([undefined, { tables: "a" }]);
  expect(stepOf(await world.run(id), "ok").state).toBe("pending");
});

test("an answer that was meant to hold but cannot be used fails the step with its sentence", async () => {
  world = await openWorld([
    flow()
      .ask("size", "Which size?", {
        form: () => ({ fields: [{ kind: "text", name: "size", label: "Size" }], submit: "OK" }),
        read: () => {
          throw new AppError("bad-answer", "This size is sold out.");
        },
        timeoutMs: 20,
        unanswered: { size: "L" },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  const failed = await world.until(id, "failed");
  expect(failed.run.error).toMatchObject({ stepId: "size", message: "This size is sold out." });
});
