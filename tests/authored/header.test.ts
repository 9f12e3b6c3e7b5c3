import { expect, test } from "vitest";
import { readHeader } from "#kits/script/header.ts";

const header = (...lines: readonly string[]) =>
  ["#!/bin/sh", "# milepost: Rotate", ...lines, "", "echo"].join("\n");

test("a script's header says all that it has, and what stands below the first other line is not part of it", () => {
  const read = readHeader(
    header(
      "# about: Compresses.",
      "# A comment of its author, who may write what he likes.",
      '# ask: days number "Older than" = 14',
      '# ask: size choice (small | large) "Size" = large',
      '# ask: quick yes "Quickly"',
      "# on: server web1",
      "# again: It is compressed once only.",
      "# check: test -f x",
      "# undo: rm -f x",
      "# limit: 10m",
      "",
      "# on: nowhere",
    ),
  );
  expect(read).toEqual({
    title: "Rotate",
    about: "Compresses.",
    asks: [
      { name: "days", kind: "number", label: "Older than", options: [], preset: "14" },
      { name: "size", kind: "choice", label: "Size", options: ["small", "large"], preset: "large" },
      { name: "quick", kind: "yes", label: "Quickly", options: [], preset: null },
    ],
    on: { server: "web1" },
    check: "test -f x",
    undo: "rm -f x",
    again: "It is compressed once only.",
    limitMs: 600_000,
    shell: ["/bin/sh"],
  });
});

test.each([
  ["an unknown word", "# every: day", 3],
  ["an ask without a label", "# ask: days number", 3],
  ["a name that is no variable of a script's own", '# ask: PATH text "Path"', 3],
  ["a name with a command in it", '# ask: a;reboot text "A"', 3],
  ["a choice of nothing", '# ask: size choice "Size"', 3],
  ["a preset that is no number", '# ask: days number "Days" = many', 3],
  ["several servers", "# on: tag web, 5 at once", 3],
  ["a limit without a unit", "# limit: 10", 3],
])("%s is refused with its line", (_, line, at) => {
  expect(() => readHeader(header(line))).toThrow(expect.objectContaining({ line: at }));
});

test("a script that is read by something else than a shell, or has no name, is refused at its first line", () => {
  for (const text of ["#!/usr/bin/python3\n# milepost: A\n", "#!/bin/sh\necho\n"])
    expect(() => readHeader(text)).toThrow(expect.objectContaining({ line: 1 }));
});
