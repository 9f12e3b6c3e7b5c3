import fc from "fast-check";
import { expect, it } from "vitest";
import type { Substep } from "#core/step.ts";
import { changedSubsteps, withChanged } from "#core/substeps.ts";

const states = ["pending", "running", "completed", "failed"] as const;
const lists = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"))
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.constantFrom(...states).map((state): Substep => ({ name, state })))),
  );

it("tells a list of substeps by what changed of it, or not at all where that would tell another list", () => {
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      const changed = changedSubsteps(before, after);
      if (changed !== null) expect(withChanged(before, changed)).toEqual(after);
    }),
    { numRuns: 500 },
  );
});

it("tells one part of many by that part alone", () => {
  const before = Array.from({ length: 59 }, (_, n): Substep => ({ name: `View ${n}`, state: "pending" }));
  const after = before.map((one, n): Substep => (n === 7 ? { ...one, state: "running" } : one));
  expect(changedSubsteps(before, after)).toEqual([{ name: "View 7", state: "running" }]);
  const more: Substep[] = [...after, { name: "Another", state: "running" }];
  expect(changedSubsteps(after, more)).toEqual([{ name: "Another", state: "running" }]);
});
