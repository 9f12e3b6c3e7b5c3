import { expect, test } from "vitest";
import { assertChain, type Link } from "#core/chain.ts";
import { mapped } from "#core/mapping.ts";

const links = (...ids: string[]): Link[] => ids.slice(1).map((to, at) => ({ from: ids[at] ?? "", to }));

test("a circle of runs that start each other is refused, and the sentence names its way", () => {
  const chain = links("a", "b", "c");
  expect(() => assertChain(chain, { from: "c", to: "a" })).toThrow("“c” → “a” → “b” → “c”");
  expect(() => assertChain([], { from: "a", to: "a" })).toThrow("“a” → “a”");
  expect(() => assertChain(chain, { from: "a", to: "c" })).not.toThrow();
  expect(() => assertChain(chain, { from: "c", to: "d" })).not.toThrow();
});

test("eight runs may follow another and no more, wherever the new one stands among them", () => {
  const eight = links("0", "1", "2", "3", "4", "5", "6", "7", "8");
  for (const at of eight)
    expect(() =>
      assertChain(
        eight.filter((one) => one !== at),
        at,
      ),
    ).not.toThrow();
  expect(() => assertChain(eight, { from: "8", to: "9" })).toThrow("“0” → “1”");
  expect(() => assertChain(eight, { from: "x", to: "0" })).toThrow("“x” → “0”");
  expect(() =>
    assertChain(
      eight.filter(({ from }) => from !== "4"),
      { from: "4", to: "x" },
    ),
  ).not.toThrow();
});

test("what came fills in fields as a form would, and nothing but what came", () => {
  const from = { a: { b: ["x", 2, true] }, on: true, off: false, none: null, constructor: undefined };
  expect(mapped({ one: "a.b.0", list: "a.b", two: "a.b[1]", on: "on", off: "off" }, from)).toEqual({
    one: "x",
    list: ["x", "2", "on"],
    two: "2",
    on: "on",
  });
  for (const path of ["a.c", "none", "a.b.length", "constructor.name", "__proto__", "a", "a.b.9"])
    expect([
      path,
      (() => {
        try {
          return mapped({ field: path }, from);
        } catch (error) {
          return (error as { field: string }).field;
        }
      })(),
    ]).toEqual([path, "field"]);
});
