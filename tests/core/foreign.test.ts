import fc from "fast-check";
import { expect, test } from "vitest";
import { foreignText } from "#core/foreign.ts";

test.each([
  ["a title that a terminal would take for a command", "\u001b]0;PWN\u0007\u001b[2Jroot", "]0;PWN[2Jroot"],
  ["a text that turns its direction", "user\u202egnp.exe\u2066x\u2069", "usergnp.exex"],
  ["lines", "one\r\ntwo\u2028three", "one two three"],
  ["letters of all kinds", "Zoë 東京 👩", "Zoë 東京 👩"],
])("%s is one plain line", (_, told, kept) => {
  expect(foreignText(told)).toBe(kept);
});

test("whatever a system tells is short, without controls, and told to be cut where it was", () => {
  expect(foreignText("x".repeat(4_000_000))).toBe(`${"x".repeat(199)}…`);
  expect(foreignText("x".repeat(200))).toBe("x".repeat(200));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (told) => {
      const kept = foreignText(told, 20);
      expect(Array.from(kept).length).toBeLessThanOrEqual(20);
      expect(kept).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});
