import { expect, test } from "vitest";
import { claimOf } from "#core/claim.ts";

const probe = async () => ({ happened: false as const, checked: "" });

test("only who claims that doing a step again is harmless, or looks, has it done again without a person", () => {
  expect(claimOf({ readsOnly: true })).toMatchObject({ again: true, probe: null });
  expect(claimOf({ safeBecause: "It is keyed." })).toEqual({
    again: true,
    because: "It is keyed.",
    probe: null,
  });
  expect(claimOf({ whenInterrupted: probe })).toMatchObject({ again: true, probe });
  expect(claimOf({ whenInterrupted: "ask" }).again).toBe(false);
  expect(claimOf({}).again).toBe(false);
});

test("a step of which nothing was claimed is not said to be harmless, nor to do harm", () => {
  expect(claimOf({}).because).toBe(
    "Whether it took effect is not known, nor whether doing it again is harmless. So a person decides.",
  );
});
