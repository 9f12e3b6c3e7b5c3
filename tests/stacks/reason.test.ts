import { expect, test } from "vitest";
import { whyEnded } from "#stacks/reason.ts";

const failed = [{ is: "failed", error: "task: non-zero exit (1)" }];
const output = [
  "2026-11-30T06:28:28.056Z cannot read the configuration",
  "2026-11-30T06:28:28.154Z listening",
  "2026-11-30T06:28:29.001Z GET / 200",
];

test("the last line is a new container's own where nothing else writes", () => {
  expect(whyEnded(failed, output.slice(0, 1))).toBe(
    "The new container ended: “task: non-zero exit (1)”. Its last words: “cannot read the configuration”.",
  );
});

test("where the former version writes too, no line is called the new one's, and only one that names a failure is quoted", () => {
  expect(whyEnded(failed, output, { besideFormer: true })).toBe(
    "The new container ended: “task: non-zero exit (1)”. In the output, where the former version writes too: “cannot read the configuration”.",
  );
  expect(whyEnded(failed, output.slice(1), { besideFormer: true })).toBe(
    "The new container ended: “task: non-zero exit (1)”.",
  );
});
