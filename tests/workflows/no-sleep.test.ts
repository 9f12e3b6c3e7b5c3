import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Where workflows, what they share and what authors are given stand. */
const folders = ["workflows", "openclaw", "stacks", "kits"].map((name) =>
  fileURLToPath(new URL(`../../src/${name}`, import.meta.url)),
);

/** The ways in which code lets time pass. */
const passes = /\bsetTimeout\b|\bsetInterval\b|timers\/promises|\bsleep\b|\.after\(/;

test("no step of a workflow waits by sleeping: what somebody else works on is a wait step, which holds no slot", () => {
  const sleeping = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .filter((file) => passes.test(code(readFileSync(join(folder, file), "utf8")))),
  );
  expect(sleeping).toEqual([]);
});

/** Without comments, and without what runs elsewhere: a shell that sleeps on another machine holds no slot here. */
const code = (text: string): string => text.replace(/`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
