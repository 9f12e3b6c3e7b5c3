import { expect, test } from "vitest";
import { noItems } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import type { Step, Waiting } from "#core/step.ts";
import { looked } from "#engine/moves/each.ts";
import { seenOf } from "#engine/steps/items-seen.ts";

const waiting: Waiting = { for: "look", word: "", since: 0, nextAt: 0, looks: 0 };
const working = (...signs: (number | null)[]) =>
  ({
    at: { run: { percentFloor: 10 }, steps: signs.map((signAt) => ({ signAt })) },
  }) as unknown as ItemWithRun;

test("a list of items gives a sign of life whenever one of them does, also where none is over, and never an earlier one", () => {
  const underWay = [working(2_000, null), working(7_000), working(null)];
  const seen = seenOf({ ...noItems, running: 3 }, underWay, { all: 3, what: "items", left: null });
  const signOf = (signAt: number | null) =>
    looked({ signAt, activeMs: 0, share: null } as Step, waiting, seen, 9_000, 9_000).patch.signAt;
  expect(signOf(1_000)).toBe(7_000);
  expect(signOf(null)).toBe(7_000);
  expect(signOf(8_000)).toBe(undefined);
  expect(seenOf({ ...noItems, running: 1 }, [], { all: 1, what: "items", left: null }).signAt).toBe(0);
});
