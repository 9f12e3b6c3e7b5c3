import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { flow } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { dying } from "./dying.ts";
import { day, hour, minute, openTriggering, setClock, type Triggering } from "./world.ts";

const monday = Date.UTC(2026, 5, 1);
const sevenOn = (days: number) => monday + days * day + 7 * hour;

const quick = flow("quick")
  .do("only", "Only", { safeBecause: "It changes nothing.", run: async () => 1 })
  .hands(() => ({ sentence: "Done." }));

const open = async (
  workflows: readonly Workflow[] = [quick],
  clock: Clock = setClock(monday),
  store?: Store,
  worker?: string,
) => {
  const opened = await openTriggering(workflows, clock, { store, worker });
  // One that was killed in the middle of a commit never gets to its end.
  onTestFinished(() => void opened.clockwork.stop());
  return opened;
};
const kinds = async (triggering: Triggering, trigger: { id: string }, many: number) =>
  (await triggering.became(trigger, many)).map(({ became }) => became);

test("a run starts at its time as whoever made its schedule, says why and how late, and its row came with it", async () => {
  const clock = setClock(monday);
  const triggering = await open([quick], clock);
  const trigger = await triggering.make({}, { name: "Nightly" });
  expect(trigger.nextAt).toBe(sevenOn(0));
  clock.set(sevenOn(0) + 3_000);
  const [firing] = await triggering.became(trigger, 1);
  const { run } = await triggering.world.until(firing?.runId ?? "", "completed");
  expect(run.cause).toEqual({
    kind: "schedule",
    triggerId: trigger.id,
    name: "Nightly",
    dueAt: sevenOn(0),
    zone: "UTC",
    lateMs: 3_000,
    afterRunId: null,
  });
  expect(run).toMatchObject({
    starter: "owner",
    createdBy: (await triggering.store.accounts.people())[0]?.name,
  });
  expect((await triggering.store.triggers.get(trigger.id))?.nextAt).toBe(sevenOn(1));
  await triggering.close();
});

test("of every due time comes one run, with two servers on one database and whenever they look", async () => {
  const store = await newStore();
  const clock = setClock(monday);
  const [one, other] = [await open([quick], clock, store, "w1"), await open([quick], clock, store, "w2")];
  const made = await Promise.all(
    [1, 2, 3, 4].map((n) => one.make({ times: { everyMinutes: n }, missed: "all", overlap: "queue" })),
  );
  for (let at = 0; at < 12; at++) {
    clock.set(monday + at * minute + 30_000);
    one.clockwork.look();
    other.clockwork.look();
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  for (const [at, trigger] of made.entries()) {
    const due = Math.floor(11 / (at + 1));
    const firings = await one.became(trigger, due);
    expect(firings.map(({ dueAt }) => dueAt).sort()).toEqual(
      Array.from({ length: due }, (_, n) => monday + (n + 1) * (at + 1) * minute),
    );
    expect(new Set(firings.map(({ runId }) => runId)).size).toBe(due);
  }
  const { rows } = await store.runs({ limit: 200 });
  expect(rows).toHaveLength(11 + 5 + 3 + 2);
  await one.world.engine.close();
  await other.close();
});

test("after days without a server one run comes, or one for each time and one after the other, or none, and a row says it of each", async () => {
  const clock = setClock(monday);
  const before = await open([quick], clock);
  const [once, all, skip, within] = [
    await before.make({ missed: "once" }),
    await before.make({ missed: "all" }),
    await before.make({ missed: "skip" }),
    await before.make({ missed: "all", withinMs: 25 * hour }),
  ];
  await before.clockwork.stop();
  await before.world.engine.close();
  clock.set(sevenOn(3) + hour);
  const after = await open([quick], clock, before.store);
  expect(await kinds(after, once, 4)).toEqual(["missed", "missed", "missed", "run"]);
  expect(await kinds(after, all, 4)).toEqual(["run", "run", "run", "run"]);
  expect(await kinds(after, skip, 4)).toEqual(["missed", "missed", "missed", "missed"]);
  expect(await kinds(after, within, 4)).toEqual(["missed", "missed", "run", "run"]);
  for (const firing of await after.became(skip, 4)) expect(firing.because).toContain("was not at work");
  const runs = await Promise.all(
    (await after.became(all, 4)).map(
      async ({ runId }) => (await after.world.until(runId ?? "", "completed")).run,
    ),
  );
  for (const [at, run] of runs.entries())
    if (at > 0) expect(runs[at - 1]?.endedAt ?? Number.NaN).toBeLessThanOrEqual(run.createdAt);
  await after.close();
});

test("a clock that is set back starts nothing twice, and what comes after it comes", async () => {
  const clock = setClock(monday);
  const triggering = await open([quick], clock);
  const trigger = await triggering.make();
  clock.set(sevenOn(0) + 1_000);
  await triggering.became(trigger, 1);
  clock.set(sevenOn(0) - 3 * hour);
  triggering.clockwork.look();
  await expect
    .poll(async () => (await triggering.store.triggers.get(trigger.id))?.decided)
    .toBe(sevenOn(0) - 3 * hour);
  clock.set(sevenOn(0) + 2_000);
  await expect.poll(async () => (await triggering.store.triggers.get(trigger.id))?.decided).toBe(sevenOn(0));
  expect((await triggering.store.runs({ limit: 9 })).rows).toHaveLength(1);
  // A clock that was years ahead decided of times that are still to come; they come.
  clock.set(sevenOn(800));
  await triggering.became(trigger, 100);
  clock.set(sevenOn(1) - hour);
  await expect.poll(async () => (await triggering.store.triggers.get(trigger.id))?.nextAt).toBe(sevenOn(1));
  clock.set(sevenOn(799) + 1_000);
  await expect
    .poll(async () => (await triggering.store.triggers.firing(trigger.id, String(sevenOn(799))))?.became)
    .toBe("run");
  await triggering.close();
});

test("killed before or after any commit, each due time becomes one run or one row, and none is lost", async () => {
  for (let n = 1; n <= 4; n++)
    for (const when of ["before", "after"] as const) {
      const clock = setClock(monday);
      const store = await newStore();
      const maker = await open([quick], clock, store);
      const trigger = await maker.make({ missed: "all" });
      await maker.clockwork.stop();
      await maker.world.engine.close();
      clock.set(sevenOn(2) + hour);
      const mortal = dying(store, n, when);
      const first = await open([quick], clock, mortal.store, "w1");
      await mortal.died;
      await first.world.engine.close();
      const second = await open([quick], clock, store, "w2");
      const firings = await second.became(trigger, 3);
      expect([n, when, firings.map(({ dueAt }) => dueAt).sort()]).toEqual([
        n,
        when,
        [sevenOn(0), sevenOn(1), sevenOn(2)],
      ]);
      expect(new Set(firings.map(({ runId }) => runId)).size).toBe(3);
      expect((await store.runs({ limit: 9 })).rows).toHaveLength(3);
      await second.clockwork.stop();
      await second.world.engine.close();
    }
});

/** Each run of it ends when it is let, or is cancelled. */
const held = () => {
  const gates: (() => void)[] = [];
  const waits = flow("held")
    .do("only", "Only", {
      run: ({ signal }) =>
        new Promise<number>((resolve, reject) => {
          gates.push(() => resolve(1));
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    })
    .hands(() => ({ sentence: "Done." }));
  return { waits, gates };
};

test("while a run is under way the next one is skipped and says so, waits for it, or takes its place", async () => {
  const clock = setClock(monday);
  const { waits, gates } = held();
  const triggering = await open([waits], clock);
  const runOf = async (runId: string | null | undefined) => (await triggering.world.run(runId ?? "")).run;
  for (const overlap of ["skip", "queue", "cancel"] as const) {
    const from = Math.ceil(clock.now() / day) * day;
    const trigger = await triggering.make({ overlap });
    const due = (n: number) => clock.set(from + n * day + 7 * hour);
    const newest = () => triggering.store.triggers.firings(trigger.id, null, 9);
    due(0);
    const [first] = await triggering.became(trigger, 1);
    await triggering.world.when(first?.runId ?? "", ({ steps }) => steps[0]?.state === "running");
    due(1);
    await expect.poll(async () => (await newest()).length).toBe(2);
    if (overlap === "skip") {
      const { number } = await runOf(first?.runId);
      expect((await newest())[0]).toMatchObject({
        became: "skipped",
        because: `Run #${number} was still under way.`,
      });
    } else if (overlap === "queue") {
      due(2);
      await expect
        .poll(async () => (await newest()).map(({ became }) => became))
        .toEqual(["queued", "queued", "run"]);
    }
    if (overlap !== "cancel") gates.splice(0).forEach((open) => open());
    const many = { skip: 2, queue: 3, cancel: 2 }[overlap];
    if (overlap === "queue")
      // Each but the last is let go as soon as it is there.
      await expect
        .poll(async () => {
          gates.splice(0).forEach((open) => open());
          return (await newest()).map(({ became }) => became);
        })
        .toEqual(["run", "run", "run"]);
    const firings = await triggering.became(trigger, many);
    if (overlap === "cancel") {
      expect((await runOf(firings[0]?.runId)).state).toBe("cancelled");
      expect((await runOf(firings[1]?.runId)).createdAt).toBeGreaterThanOrEqual(
        (await runOf(firings[0]?.runId)).endedAt ?? Number.NaN,
      );
    }
    for (const { runId } of firings)
      if (runId !== null) {
        const until = triggering.world.until(runId, "completed", "cancelled");
        gates.splice(0).forEach((open) => open());
        await expect
          .poll(async () => {
            gates.splice(0).forEach((open) => open());
            return (await runOf(runId)).endedAt;
          })
          .not.toBe(null);
        await until;
      }
    await triggering.triggers.remove(trigger.id, ada);
  }
  await triggering.close();
});

test("a schedule pauses after so many failures in a row, with a reason, and failures before it was resumed do not count", async () => {
  const fails = flow("fails")
    .do("only", "Only", {
      run: () => Promise.reject(new Error("no")),
      retry: { attempts: 1, firstMs: 1, factor: 1, maxMs: 1 },
    })
    .hands(() => ({ sentence: "Done." }));
  const clock = setClock(monday);
  const triggering = await open([fails], clock);
  const trigger = await triggering.make({}, { pauseAfter: 2 });
  const end = async (at: number) => {
    clock.set(sevenOn(at));
    const firings = await triggering.became(trigger, at + 1);
    await triggering.world.until(firings.at(-1)?.runId ?? "", "failed");
  };
  const paused = async () => (await triggering.store.triggers.get(trigger.id))?.paused ?? null;
  await end(0);
  expect(await paused()).toBe(null);
  await end(1);
  await expect.poll(paused).toMatchObject({ because: "Its last 2 runs failed." });
  clock.set(sevenOn(5));
  await triggering.triggers.resume(trigger.id, ada);
  expect(await paused()).toBe(null);
  clock.set(sevenOn(6));
  await triggering.became(trigger, 3);
  expect(await paused()).toBe(null);
  await triggering.close();
});

test("the schedule of somebody who was removed, or may no longer start it, pauses and says so", async () => {
  const clock = setClock(monday);
  const triggering = await open([quick], clock);
  const person = {
    id: "p",
    name: "Grace",
    role: "operator",
    createdAt: 1,
    joinedAt: null,
    email: null,
    roleBefore: null,
  } as const;
  await triggering.store.accounts.addPerson(person);
  const by = { kind: "person", id: "p", name: "Grace", personId: "p" } as const;
  const wish = {
    workflowId: "quick",
    mode: "automatic",
    values: {},
    former: null,
    pauseAfter: null,
  } as const;
  const when = {
    kind: "schedule",
    times: { cron: "0 7 * * *" },
    zone: "UTC",
    missed: "once",
    withinMs: null,
    overlap: "skip",
  } as const;
  const { trigger } = await triggering.triggers.make({ ...wish, name: "Hers", when }, by);
  await triggering.store.accounts.changePerson("p", { role: "viewer" });
  const because = async () => (await triggering.store.triggers.get(trigger.id))?.paused?.because ?? null;
  clock.set(sevenOn(0));
  await expect.poll(because).toContain("may not start this workflow any more");
  await expect(triggering.triggers.resume(trigger.id, by)).rejects.toMatchObject({ code: "forbidden" });
  await triggering.store.accounts.changePerson("p", { role: "operator" });
  await triggering.triggers.resume(trigger.id, by);
  await triggering.store.accounts.removePerson("p", 1);
  clock.set(sevenOn(1));
  await expect.poll(because).toContain("was removed");
  expect((await triggering.store.runs({ limit: 9 })).rows).toHaveLength(0);
  await triggering.close();
});

test("its input is checked when it is made, a secret of it is kept sealed only, and its runs have both", async () => {
  const seen: unknown[] = [];
  const asks = workflow(
    "asks",
    "Asks",
    "",
    start({
      fields: [text("name", "Name", { required: true }), secret("token", "Token")],
      subject: ({ name }) => name,
    }),
  )
    .do("only", "Only", {
      run: async ({ input, secret }) => {
        seen.push(input, secret("token"));
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const clock = setClock(monday);
  const triggering = await open([asks], clock);
  await expect(triggering.make({}, { values: {} })).rejects.toMatchObject({
    code: "bad-input",
    field: "name",
  });
  const trigger = await triggering.make({}, { values: { name: "Grace", token: "s3cret-s3cret" } });
  expect(JSON.stringify(await triggering.store.triggers.list())).not.toContain("s3cret-s3cret");
  clock.set(sevenOn(0));
  const [firing] = await triggering.became(trigger, 1);
  await triggering.world.until(firing?.runId ?? "", "completed");
  expect(seen).toEqual([expect.objectContaining({ name: "Grace" }), "s3cret-s3cret"]);
  await triggering.close();
});

test("what was due while a schedule was paused starts nothing when it goes on, one by one or all together", async () => {
  const clock = setClock(monday);
  const triggering = await open([quick], clock);
  const [one, other] = [await triggering.make({ missed: "all" }), await triggering.make({ missed: "all" })];
  await triggering.triggers.pause(other.id, ada);
  await triggering.triggers.pauseAll(ada);
  clock.set(sevenOn(3));
  await triggering.triggers.resumeAll(ada);
  clock.set(sevenOn(4));
  expect(await kinds(triggering, one, 1)).toEqual(["run"]);
  expect((await triggering.store.triggers.get(other.id))?.paused).not.toBe(null);
  expect(await triggering.store.triggers.firings(other.id, null, 9)).toEqual([]);
  await triggering.close();
});

test("all are paused and resumed together, also those that change at that very moment", async () => {
  const store = await newStore();
  const { list, change } = store.triggers;
  const moving = {
    ...store.triggers,
    // Whoever has read them all is overtaken at once.
    list: async () => {
      const all = await list();
      for (const { id, revision } of all) await change(id, revision, { pauseAfter: 7 });
      return all;
    },
  };
  const triggering = await open([quick], setClock(monday), { ...store, triggers: moving });
  await triggering.clockwork.stop();
  await triggering.make();
  await triggering.make();
  const paused = async () => (await list()).map((one) => one.paused !== null);
  await triggering.triggers.pauseAll(ada);
  expect(await paused()).toEqual([true, true]);
  await triggering.triggers.resumeAll(ada);
  expect(await paused()).toEqual([false, false]);
  await triggering.close();
});
