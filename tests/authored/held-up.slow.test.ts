import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "milepost-held-up-"));
  mkdirSync(join(dir, "guests"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs what the file exports in a process of its own, in which code below `guests` is people's. */
const processOf = async (file: string, text: string) => {
  const path = join(dir, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  const program = fileURLToPath(new URL("held-up.ts", import.meta.url));
  const child = spawn(process.execPath, [program, join(dir, "guests"), path]);
  let [said, wrong] = ["", ""];
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    wrong += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { code, signal, said, wrong };
};

test.each([
  [
    "a loop",
    "const count = (): never => {\n  for (;;) Math.random();\n};\nexport const run = async () => count();",
    "count",
    2,
  ],
  ["a loop of promises", "export const run = async () => {\n  for (;;) await null;\n};", "run", 2],
])(
  "%s without an end in people's code ends the process, and file, function and line are named",
  async (_, text, name, line) => {
    const { signal, wrong, said } = await processOf("guests/3f2a/tidy.ts", text);
    expect(wrong).toContain(`“tidy.ts” (function “${name}”, line ${line}) has held up Milepost for 0.6 s`);
    expect([signal, said]).toEqual(["SIGKILL", ""]);
  },
);

test("what takes long in Milepost's own code is let go on, also between calls of people's", async () => {
  // Longer than the limit by the same count of turns that an endless loop would not get past.
  const text = `export const run = async () => {
    const until = performance.now() + 1_200;
    while (performance.now() < until) Math.random();
  };`;
  expect(await processOf("own/long.ts", text)).toMatchObject({ code: 0, said: "went on\n", wrong: "" });
});
