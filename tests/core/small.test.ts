import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError, httpStatus, toAppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { safePart } from "#core/safe-part.ts";

test("what we did not expect is never shown in its own words", () => {
  expect(toAppError(new Error("secret path /root/x")).message).not.toContain("secret");
  expect(toAppError("x").code).toBe("internal");
  const known = new AppError("not-found", "Gone.");
  expect(toAppError(known)).toBe(known);
  expect(httpStatus("disk-full")).toBe(507);
});

test("a part of a path made from foreign text can never leave its folder", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const part = safePart(text);
      expect(part).not.toMatch(/[/\\\p{Cc}]/u);
      expect(part).not.toMatch(/^\.*$/);
    }),
  );
});

test("ids sort by the time they were made and look like UUID version 7", () => {
  const zeros = (n: number) => new Uint8Array(n);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (at) => {
      expect(newId(at, zeros) < newId(at + 1, zeros)).toBe(true);
    }),
  );
  expect(newId(0, (n) => new Uint8Array(n).fill(255))).toMatch(/^0{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});
