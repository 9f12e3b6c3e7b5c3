import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { wordsFor } from "#main/words-for.ts";

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

test("what the system refuses is said at the terminal with its path and what to do, not by its code", async () => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-words-"));
  const file = join(folder, "a-file");
  writeFileSync(file, "x");
  const listening = (host: string) =>
    new Promise((resolve) => createServer().once("error", resolve).listen(0, host));
  try {
    const said = [
      thrownBy(() => readFileSync(join(folder, "backup.zip"))),
      thrownBy(() => readFileSync(folder)),
      thrownBy(() => readFileSync(join(file, "backup.zip"))),
      await listening("203.0.113.7"),
    ].map(wordsFor);
    expect(said).toEqual([
      `There is no ${folder}/backup.zip. Look how it is written.`,
      "What was named is a folder, and a file is needed. Name a file in it.",
      `On the way to ${file}/backup.zip stands a file where a folder is needed.`,
      "This machine has no address 203.0.113.7. Give one of its own as HOST, or 0.0.0.0 for all of them.",
    ]);
    for (const one of said) expect(one).not.toMatch(/\bE[A-Z]{3,}\b/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is no refusal of the system is said in its own words", () => {
  expect(wordsFor(new AppError("bad-input", "Give a name."))).toBe("Give a name.");
  expect(wordsFor(new Error("Two steps are called send."))).toBe("Two steps are called send.");
  expect(wordsFor("stopped")).toBe("stopped");
});
