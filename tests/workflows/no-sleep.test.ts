import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Where workflows and what they share stand. */
const folders = ["workflows", "openclaw", "stacks"].map((name) =>
  fileURLToPath(new URL(`../../src/${name}`, import.meta.url)),
);

/** The ways in which code lets time pass. */
const passes = /\bsetTimeout\b|\bsetInterval\b|timers\/promises|\bsleep\b|\.after\(/;

/** What lets time pass all the same, and why no wait step can do it. */
const why: Record<string, string> = {
  "deployment.ts": "an undo deploys what was there before, and only forward steps can be waits",
  "patient.ts": "what only reads is asked again while the other side restarts",
};

test("no step of a workflow waits by sleeping: what somebody else works on is a wait step, which holds no slot", () => {
  const sleeping = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .filter((file) => passes.test(code(readFileSync(join(folder, file), "utf8")))),
  );
  expect(sleeping.toSorted()).toEqual(Object.keys(why).toSorted());
});

/** Without comments. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
