import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { Undo } from "#core/workflow.ts";
import { nowLine } from "#engine/seen/now-line.ts";
import { RunBar } from "#views/run/bar.tsx";
import { newStore } from "../store/new-store.ts";
import { assertReplays } from "./assert-replays.ts";
import { flow, openWorld } from "./world.ts";

type Undoing = UndoContext<Record<string, string>, object, string>;

const made = (undo: Undo<Record<string, string>, object, string>) =>
  flow()
    .do("make", "Make it", { run: async () => "it", readsOnly: true, undo })
    .hands(() => ({ sentence: "" }));

test("an undo that has to wait is called again with what it remembered, holds no worker meanwhile, and its events tell it", async () => {
  const seen: unknown[] = [];
  let held = true;
  const world = await openWorld([
    made(async ({ memo, waitedMs }: Undoing) => {
      seen.push(memo);
      expect(waitedMs).toBeGreaterThanOrEqual(seen.length > 1 ? 5 : 0);
      if (held) return { waiting: "the other side to end", nextInMs: 5, memo: seen.length };
      return null;
    }),
  ]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  const { run, steps } = await world.when(
    id,
    (at) => (at.steps[0]?.waiting?.looks ?? 0) > 1 && at.run.claimedBy === null,
  );
  expect(run.state).toBe("undoing");
  expect(steps[0]?.detail).toBe("Undoing: the other side to end");
  held = false;
  const end = await world.until(id, "undone");
  expect(end.steps[0]).toMatchObject({ state: "undone", waiting: null, detail: "Undone." });
  expect(seen.slice(0, 3)).toEqual([undefined, 1, 2]);
  assertReplays([end], await world.store.events(id, 0, 1_000), end);
  await world.close();
});

test("what an undo leaves is said by its step, in the history and beside the run, and no sentence says that all is gone", async () => {
  const left = "1 row stays, because it was changed since.";
  const world = await openWorld([made(async () => ({ stays: left }))]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  const end = await world.until(id, "undone");
  expect(end.steps[0]).toMatchObject({ state: "undone", detail: left });
  const ended = (await world.store.events(id, 0, 1_000)).findLast(({ type }) => type === "run.state");
  expect(ended).toMatchObject({ because: `some of what it made is still there: ${left}` });
  expect(nowLine(end)).toBe(`Some of what it made is still there: ${left}`);
  const page = String(RunBar({ picture: await world.engine.picture(id) }));
  expect(page).toContain("some of what it made is still there");
  expect(page).not.toContain("what it made was removed");
  await world.close();
});

test("an undo that waited when the server died goes on where it was", async () => {
  const store = await newStore();
  const memos: unknown[] = [];
  let held = true;
  const undo = async ({ memo }: Undoing) => {
    memos.push(memo);
    return held ? { waiting: "its end", nextInMs: 60_000, memo: "before" } : null;
  };
  const first = await openWorld([made(undo)], { store });
  const id = await first.start();
  await first.until(id, "completed");
  await first.engine.undo(id, "Ada");
  await first.when(id, (at) => at.steps[0]?.waiting != null);
  await first.engine.close();
  held = false;
  const clock = { now: () => Date.now() + 61_000, after: timeAfter };
  const second = await openWorld([made(undo)], { store, overrides: { clock } });
  await second.until(id, "undone");
  expect(memos).toEqual([undefined, "before"]);
  await second.close();
});

test("an undo whose other side is away for a moment is tried again, and fails with its words when it stays away", async () => {
  let away = 2;
  const undo = async () => {
    if (away-- > 0) throw new AppError("unreachable", "The other side is away.");
  };
  const overrides = { retry: { attempts: 3, firstMs: 1, factor: 1, maxMs: 1 } };
  const world = await openWorld([made(undo)], { overrides });
  const [id, other] = [await world.start(), await world.start()];
  await world.until(id, "completed");
  await world.until(other, "completed");
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  away = 3;
  await world.engine.undo(other, "Ada");
  const { run, steps } = await world.until(other, "failed");
  expect(run.error?.message).toContain("The other side is away.");
  expect(steps[0]?.waiting).toBeNull();
  await world.engine.undo(other, "Ada");
  await world.until(other, "undone");
  await world.close();
});

test("a wait that ended by its limit has the whole time again when a person tries it again", async () => {
  let looks = 0;
  const waiting = flow()
    .wait("job", "Job", {
      everyMs: 5,
      timeoutMs: 20,
      look: async ({ attempt }) => {
        looks = attempt === 1 ? 0 : looks + 1;
        return looks === 3 ? { done: null } : { waiting: "BUSY" };
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([waiting]);
  const id = await world.start();
  await world.until(id, "failed");
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed", "failed");
  expect((await world.run(id)).run.state).toBe("completed");
  await world.close();
});

const timeAfter = (ms: number, call: () => void) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

test("a run of which a step could not be undone is at that step, though all of its steps are done", async () => {
  const world = await openWorld([
    flow()
      .do("make", "Make it", {
        run: async () => "it",
        readsOnly: true,
        undo: async () => {
          throw new AppError("rejected", "It is locked.");
        },
      })
      .do("use", "Use it", { run: async () => null, readsOnly: true })
      .hands(() => ({ sentence: "" })),
  ]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  expect(nowLine(await world.until(id, "failed"))).toBe("Step 1 of 2: Make it");
  await world.close();
});
