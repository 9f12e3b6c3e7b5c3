import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogLine } from "#core/event.ts";
import { ansiSegments, plainText } from "#views/run/ansi.ts";
import { LogLines } from "#views/run/log-lines.tsx";
import { tagsOf, textOf } from "./read-html.ts";

const line = (text: string): LogLine => ({ n: 1, at: 0, stepId: "s", attempt: 1, level: "info", text });

test("colours and styles become classes, and end where the program ends them", () => {
  expect(
    ansiSegments("a \u001b[1;31mred\u001b[0m b \u001b[92mgreen\u001b[39;4m under\u001b[24m end"),
  ).toEqual([
    { text: "a ", classes: "" },
    { text: "red", classes: "ansi-red ansi-bold" },
    { text: " b ", classes: "" },
    { text: "green", classes: "ansi-green" },
    { text: " under", classes: "ansi-underline" },
    { text: " end", classes: "" },
  ]);
});

test("colours by number keep the sixteen that are named and drop the others, with all their parameters", () => {
  expect(ansiSegments("\u001b[38;5;9mx\u001b[38;2;1;31;4my\u001b[48;5;31mz\u001b[38;5;200mw")).toEqual([
    { text: "x", classes: "ansi-red" },
    { text: "y", classes: "" },
    { text: "z", classes: "" },
    { text: "w", classes: "" },
  ]);
});

test("escapes that mean nothing on a page are dropped: cursor moves, titles, links, character sets, broken ones", () => {
  const odd =
    "\u001b[2K\u001b[1;5Ha\u001b]0;title\u0007b\u001b]8;;https://x.example\u001b\\c\u001b(Bd\u009b31me\u001b[31";
  expect(plainText(odd)).toBe("abcde");
});

test("of what a program wrote over itself the last is left", () => {
  expect(plainText("10 %\r20 %\r30 %\r")).toBe("30 %");
});

test("whatever a line holds is shown as text: no tag, no attribute, no control character comes of it", () => {
  const parts = fc.constantFrom(
    "<b>",
    "\u001b[31m",
    '"',
    "&lt;",
    "\u0000",
    "\u001b]",
    "</span>",
    "é",
    "\u001b",
    "m",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string())), (pieces) => {
      const text = pieces.join("");
      const html = String(<LogLines runId="r1" lines={[line(text)]} />);
      expect(new Set(tagsOf(html).map(({ name }) => name))).toEqual(new Set(["li", "a", "time", "span"]));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked.
      expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      for (const { attributes } of tagsOf(html))
        expect(
          Object.keys(attributes).every((name) => /^(id|class|href|dir|title|datetime|data-\w+)$/.test(name)),
        ).toBe(true);
    }),
  );
});

test("a line keeps its words", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "é", "<", "&", " ", '"') }), (text) => {
      expect(plainText(text)).toBe(text);
      expect(textOf(String(<LogLines runId="r1" lines={[line(`x${text}x`)]} />))).toContain("x");
    }),
  );
});
