import { expect, onTestFinished, test } from "vitest";
import type { Access, AccessBook } from "#core/access.ts";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import type { EndFollowed, Trigger } from "#core/trigger.ts";
import { workflow } from "#core/workflow.ts";
import { silent } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { dying } from "./dying.ts";
import { hour, openTriggering, setClock, type Triggering } from "./world.ts";

const noon = Date.UTC(2026, 5, 1, 12);
const named = (id: string) =>
  workflow(
    id,
    id,
    "",
    start({
      fields: [text("name", "Name", { required: true })],
      subject: ({ name }) => name,
      onFailure: ({ name }) => (name === "fails and undoes" ? "undo" : "stop"),
    }),
  )
    .do("only", "Only", {
      safeBecause: "It changes nothing.",
      undo: async () => {},
      run: async ({ input, signal }) => {
        if (input.name.startsWith("fails")) throw new Error("no");
        if (input.name === "lasts")
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        return { rows: [`${input.name}!`] };
      },
    })
    .hands(() => ({ sentence: "Done." }));

const grace = {
  id: "p",
  name: "Grace",
  role: "operator",
  email: null,
  roleBefore: null,
  createdAt: 1,
  joinedAt: null,
} as const;
const byGrace = { kind: "person", id: "p", name: "Grace", personId: "p" } as const;

const open = async (clock = setClock(noon), opening: Parameters<typeof openTriggering>[2] = {}) => {
  const opened = await openTriggering([named("first"), named("second")], clock, opening);
  onTestFinished(() => void opened.clockwork.stop());
  return opened;
};
const after = (on: readonly EndFollowed[], path = "input.name") =>
  ({ kind: "after", workflowId: "first", on, mapping: { name: path } }) as const;
/** Lets `second` follow `first`. */
const follow = (
  triggering: Triggering,
  on: readonly EndFollowed[] = ["completed"],
  path?: string,
): Promise<Trigger> => triggering.make(after(on, path) as never, { workflowId: "second" });
const runsOf = async (store: Store, workflowId: string) =>
  (await store.runs({ limit: 50, workflowId })).rows.map(({ run }) => run);
const outcomes = async ({ store }: Pick<Triggering, "store">, { id }: Trigger) =>
  (await store.triggers.firings(id, null, 50)).map(({ became, run }) => [became, run?.state ?? null]);

test("a run that ends starts what follows it with what it handed on, and that says which run it follows", async () => {
  const triggering = await open();
  const { world } = triggering;
  const trigger = await follow(triggering, ["completed"], "results.only.rows.0");
  const first = await world.start({ name: "Grace" }, "first");
  const [firing] = await triggering.became(trigger, 1);
  const { run } = await world.until(firing?.runId ?? "", "completed");
  expect(run).toMatchObject({ workflowId: "second", values: { name: "Grace!" }, subject: "Grace!" });
  expect(run.cause).toMatchObject({ kind: "after", triggerId: trigger.id, afterRunId: first });
  await triggering.close();
});

test("killed before or after any commit, of each end comes one run of what follows, and none is lost", async () => {
  let wasKilled = true;
  let kills = 0;
  // The first commit makes the run that is followed.
  for (let n = 2; wasKilled; n++)
    for (const when of ["before", "after"] as const) {
      const clock = setClock(noon);
      const store = await newStore();
      const maker = await open(clock, { store });
      const trigger = await follow(maker);
      await maker.clockwork.stop();
      await maker.world.engine.close();
      const mortal = dying(store, n, when, true);
      const one = await open(clock, { store: mortal.store, worker: "w1" });
      void one.world.start({ name: "Grace" }, "first");
      const isDone = async () => {
        const [followed] = await runsOf(store, "second");
        return followed?.state === "completed";
      };
      let isDead = false;
      void mortal.died.then(() => {
        isDead = true;
      });
      await expect.poll(async () => isDead || (await isDone()), { interval: 2 }).toBe(true);
      wasKilled = isDead;
      kills += Number(isDead);
      // What the dead one had claimed is free.
      clock.set(noon + hour);
      const other = await open(clock, { store, worker: "w2" });
      await expect.poll(isDone, { interval: 2 }).toBe(true);
      const runs = [await runsOf(store, "first"), await runsOf(store, "second")];
      expect([n, when, runs.map((rows) => rows.map(({ state }) => state))]).toEqual([
        n,
        when,
        [["completed"], ["completed"]],
      ]);
      expect([n, when, await outcomes({ store }, trigger)]).toEqual([n, when, [["run", "completed"]]]);
      void one.world.engine.close();
      await other.clockwork.stop();
      await other.world.engine.close();
    }
  // Both runs begin and end, and one starts the other.
  expect(kills).toBeGreaterThan(2 * 4);
});

test("what completed, what failed and what was cancelled are told apart", async () => {
  const triggering = await open();
  const { world } = triggering;
  const [completed, failed, both] = [
    await follow(triggering, ["completed"], "run.state"),
    await follow(triggering, ["failed"], "run.state"),
    await follow(triggering, ["completed", "failed"], "run.state"),
  ];
  await world.until(await world.start({ name: "Grace" }, "first"), "completed");
  await world.until(await world.start({ name: "fails" }, "first"), "failed");
  const lasts = await world.start({ name: "lasts" }, "first");
  await world.when(lasts, ({ steps }) => steps[0]?.state === "running");
  await world.engine.cancel(lasts, "Ada");
  await world.until(lasts, "cancelled");
  await triggering.became(both, 2);
  const began = async (trigger: Trigger, many: number) => {
    const firings = await triggering.became(trigger, many);
    return Promise.all(firings.map(async ({ runId }) => (await world.run(runId ?? "")).run.values.name));
  };
  expect(await began(completed, 1)).toEqual(["completed"]);
  expect(await began(failed, 1)).toEqual(["failed"]);
  expect((await began(both, 2)).sort()).toEqual(["completed", "failed"]);
  await triggering.close();
});

test("what failed and removed by itself what it made has failed, and is followed once that is over", async () => {
  const triggering = await open();
  const trigger = await follow(triggering, ["failed"]);
  await triggering.world.start({ name: "fails and undoes" }, "first");
  await triggering.became(trigger, 1);
  const [first] = await runsOf(triggering.store, "first");
  expect(first).toMatchObject({ state: "failed", undoneAt: expect.any(Number) });
  await triggering.close();
});

test("where its maker may no longer look at the runs that it follows, nothing starts, and it pauses and says so", async () => {
  const said = new Map<string, Access>();
  const access: AccessBook = {
    of: (kind, id) => (kind === "workflow" ? (said.get(id) ?? null) : null),
    workflows: () => said,
  };
  const triggering = await open(setClock(noon), { access });
  const { world, store } = triggering;
  await store.accounts.addPerson(grace);
  const wish = {
    workflowId: "second",
    mode: "automatic",
    values: {},
    former: null,
    pauseAfter: null,
  } as const;
  const { trigger } = await triggering.triggers.make(
    { ...wish, name: "Hers", when: after(["completed"]) },
    byGrace,
  );
  const run = async () => world.until(await world.start({ name: "secret" }, "first"), "completed");
  const because = async () => (await store.triggers.get(trigger.id))?.paused?.because ?? null;
  said.set("first", { see: { roles: ["admin"], people: [] } });
  await run();
  await expect.poll(because).toContain("may not look at the runs that it follows");
  expect(await store.triggers.firings(trigger.id, null, 9)).toMatchObject([
    { became: "skipped", because: expect.stringContaining("may not look at the runs that it follows") },
  ]);
  await expect(triggering.triggers.resume(trigger.id, byGrace)).rejects.toMatchObject({ code: "forbidden" });
  await expect(
    triggering.triggers.make({ ...wish, name: "Another", when: after(["failed"]) }, byGrace),
  ).rejects.toMatchObject({ code: "forbidden" });
  said.clear();
  await triggering.triggers.resume(trigger.id, byGrace);
  await run();
  expect((await triggering.became(trigger, 2)).map(({ became }) => became)).toEqual(["skipped", "run"]);
  expect(await runsOf(store, "second")).toHaveLength(1);
  await triggering.close();
});

test("what one hands on that the other cannot start with is refused with the reason, and the next one starts", async () => {
  const triggering = await open();
  const { world } = triggering;
  const trigger = await follow(triggering, ["completed", "failed"], "results.only.rows.0");
  await world.until(await world.start({ name: "fails" }, "first"), "failed");
  const [refused] = await triggering.became(trigger, 1);
  expect(refused).toMatchObject({
    became: "refused",
    because: expect.stringContaining("results.only.rows.0"),
  });
  await world.until(await world.start({ name: "Grace" }, "first"), "completed");
  expect((await triggering.became(trigger, 2)).at(-1)?.became).toBe("run");
  await triggering.triggers.pause(trigger.id, ada);
  await world.until(await world.start({ name: "Grace" }, "first"), "completed");
  await triggering.triggers.resume(trigger.id, ada);
  await world.until(await world.start({ name: "Linus" }, "first"), "completed");
  const firings = await triggering.became(trigger, 3);
  expect(firings.map(({ became }) => became)).toEqual(["refused", "run", "run"]);
  await triggering.close();
});

test("what cannot start yet, because its maker has too many runs, waits and keeps no other from starting", async () => {
  let isFull = true;
  const assertRoom = async ({ by }: { by: string }) => {
    if (isFull && by === "Grace") throw new AppError("too-many", "These are too many runs of Grace.");
  };
  const triggering = await open(setClock(noon), { assertRoom, log: silent });
  const { world, store, triggers } = triggering;
  await store.accounts.addPerson(grace);
  const wish = {
    workflowId: "second",
    mode: "automatic",
    values: {},
    former: null,
    pauseAfter: null,
  } as const;
  // Its row comes before the other's.
  const { trigger: hers } = await triggers.make({ ...wish, name: "a", when: after(["completed"]) }, byGrace);
  await world.until(await world.start({ name: "Linus" }, "first"), "completed");
  await expect.poll(async () => (await store.triggers.queued(9)).length).toBe(1);
  const other = await follow(triggering);
  await world.until(await world.start({ name: "Linus" }, "first"), "completed");
  expect((await triggering.became(other, 1)).map(({ became }) => became)).toEqual(["run"]);
  expect((await store.triggers.queued(9)).map(({ triggerId }) => triggerId)).toEqual([hers.id, hers.id]);
  isFull = false;
  expect((await triggering.became(hers, 2)).map(({ became }) => became)).toEqual(["run", "run"]);
  await triggering.close();
});
