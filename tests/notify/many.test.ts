import { afterEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { Store } from "#core/store.ts";
import { mostAMinute } from "#notify/bursts.ts";
import { betweenEditsMs, createLives } from "#notify/lives.ts";
import { flow } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { setClock } from "../triggers/world.ts";
import { openTelling, recorder, type Telling } from "./world.ts";

let telling: Telling | null = null;
afterEach(async () => {
  await telling?.close();
  telling = null;
});

test("ten thousand events in a minute are at most twenty edits of a message, and what it shows last is the last", () => {
  const timers: (() => void)[] = [];
  const edits: string[] = [];
  const after = (_ms: number, call: () => void) => {
    timers.push(call);
    return () => {};
  };
  const clock = { now: () => 0, after };
  const lives = createLives({ clock, isFree: () => true, edit: ({ id }) => void edits.push(id) });
  for (const id of ["a", "b"]) lives.follow({ id, channelId: "c", runId: `run ${id}` });
  const pauses = 60_000 / betweenEditsMs;
  let afterLast = 0;
  for (let n = 0; n < pauses; n += 1) {
    for (let event = 0; event < 10_000 / pauses; event += 1) lives.touched("run a");
    expect(timers).toHaveLength(1);
    afterLast = edits.length;
    timers.shift()?.();
  }
  expect(edits).toEqual(Array.from({ length: pauses }, () => "a"));
  expect(edits.length).toBeGreaterThan(afterLast);
  expect(timers).toEqual([]);
});

/** Counts what is asked of the outbox. */
const counted = (store: Store) => {
  const asked = { spread: 0, notices: 0 };
  const { notify } = store;
  const counting: Store = {
    ...store,
    notify: {
      ...notify,
      spread: (notices, ...rest) => {
        if (notices.length > 0) asked.spread += 1;
        asked.notices += notices.length;
        return notify.spread(notices, ...rest);
      },
    },
  };
  return { asked, store: counting };
};

test("a hundred failures at once are twenty messages and one that tells the rest; no run waits for them", async () => {
  const runs = 100;
  const clock = setClock(Date.parse("2026-03-02T12:00:00Z"));
  const { asked, store } = counted(await newStore());
  const phone = recorder("phone", { edits: false });
  const failing = flow("fails")
    .do("one", "One", { run: async () => {} })
    .do("two", "Two", {
      run: async () => {
        throw new AppError("rejected", "The disk is full.");
      },
    })
    .hands(() => ({ sentence: "It never comes to this." }));
  telling = await openTelling([failing], { store, clock, kinds: [phone.kind] });
  const { notify, world } = telling;
  await notify.close();
  const ids = await Promise.all(Array.from({ length: runs }, () => world.start()));
  // All of them are over before anybody was told: nothing of a run waits for that.
  for (const id of ids) await world.until(id, "failed");
  expect(phone.sent).toEqual([]);
  notify.open();
  await telling.until(() => phone.sent.length === mostAMinute);
  for (;;) {
    const waiting = await store.notify.due(clock.now(), [], 1);
    if (waiting.length === 0 && (await store.notify.notices(1)).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  expect(phone.sent).toHaveLength(mostAMinute);
  clock.set(clock.now() + 61_000);
  await telling.until(() => phone.sent.length > mostAMinute);
  expect(phone.sent.slice(mostAMinute).map(({ sentence }) => sentence)).toEqual([
    `${runs - mostAMinute} failed.`,
  ]);
  expect(asked.notices).toBe(2 * runs);
  expect(asked.spread).toBeLessThanOrEqual(Math.ceil((2 * runs) / 100) + 1);
});
