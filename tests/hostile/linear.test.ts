import { globSync, readFileSync } from "node:fs";
import { analyse } from "scslre";
import { expect, test } from "vitest";
import { parseAst } from "vitest/node";

/**
 * Expressions in which two parts can share the same text in many ways, so that a text that does not fit in the end costs as the square of its
 * length or more: how many stand in a file, and what bounds what they read.
 */
const bounded: Readonly<Record<string, readonly [many: number, because: string]>> = {
  "src/stacks/env-lines.ts": [
    1,
    "Dokploy's own way to read variables; a text with too many lines for it is refused before",
  ],
  "src/main/config.ts": [1, "what whoever runs this server put into its environment"],
  "src/connectors/botify/other-kinds.ts": [1, "the first bytes of a file"],
  "src/apps/plan/plan-text.ts": [3, "a description has 4,000 characters at most"],
};
/**
 * Expressions that may begin anywhere and then read on to a text's end before they fail. What they read was looked at one by one: names, words
 * that somebody typed, pieces of a line. They may become fewer.
 */
const mostThatMove = 28;

interface Literal {
  file: string;
  pattern: string;
  flags: string;
}

const literalsIn = (file: string): Literal[] => {
  const found: Literal[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("regex" in node) found.push({ file, ...(node.regex as Omit<Literal, "file">) });
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(readFileSync(file, "utf8"), { lang: file.endsWith("x") ? "tsx" : "ts" }, file));
  return found;
};
const literals = globSync(["{src,views}/**/*.{ts,tsx}", "static/**/*.js"]).flatMap(literalsIn);
const reported = literals.map((one) => {
  const { reports } = analyse({ source: one.pattern, flags: one.flags });
  return {
    ...one,
    moves: reports.some(({ type }) => type === "Move"),
    shares: reports.some(({ type }) => type !== "Move"),
  };
});

test("no expression reads a text in many ways, but those that read short ones", () => {
  expect(literals.length).toBeGreaterThan(500);
  const many: Record<string, number> = {};
  for (const { file, shares } of reported) if (shares) many[file] = (many[file] ?? 0) + 1;
  expect(many).toEqual(Object.fromEntries(Object.entries(bounded).map(([file, [number]]) => [file, number])));
});

test("no more expressions than before read on to the end from each place of a text", () => {
  const moving = new Set(reported.flatMap(({ pattern, moves }) => (moves ? [pattern] : [])));
  expect([...moving].length, [...moving].join("\n")).toBeLessThanOrEqual(mostThatMove);
});

test("an expression that reads blanks in three ways is found", () => {
  const { reports } = analyse({ source: "^\\s*[\\d.]*\\s*[;,]?\\s*(.*)$", flags: "i" });
  expect(reports.length).toBeGreaterThan(0);
});
