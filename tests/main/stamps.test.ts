import { renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshFolder } from "../store/fresh-folder.ts";

const { stamped, keyStamped } = createRequire(import.meta.url)("../../bin/stamps.cjs") as {
  stamped(key: string, paths: Iterable<string>, begunMs: number): string | undefined;
  keyStamped(text: string): string | undefined;
};
/** When all that the test writes first is old. */
const later = Date.now() + 60_000;
const at = new Date(1_000);

/** Two files that are there, with times that anybody may set, and one that is not. */
const files = () => {
  const folder = freshFolder();
  const [one = "", other = "", missing = ""] = ["one", "other", "missing"].map((name) => join(folder, name));
  for (const file of [one, other]) {
    writeFileSync(file, "as it was");
    utimesSync(file, at, at);
  }
  return { one, other, missing, all: [one, other, missing] };
};

test("files that nobody touched are known again", () => {
  const { all } = files();
  const text = stamped("key", all, later) ?? "";
  expect([keyStamped(text), keyStamped(text)]).toEqual(["key", "key"]);
});

test("a file that was written, replaced, removed or made since is noticed, also with the size and time that it had", () => {
  const changes: ((of: ReturnType<typeof files>) => void)[] = [
    ({ one }) => {
      writeFileSync(one, "as it is!");
      utimesSync(one, at, at);
    },
    ({ one, other }) => renameSync(one, other),
    ({ other }) => rmSync(other),
    ({ missing }) => writeFileSync(missing, ""),
  ];
  for (const change of changes) {
    const of = files();
    const text = stamped("key", of.all, later) ?? "";
    change(of);
    expect(keyStamped(text)).toBe(undefined);
  }
});

test("files so young that they may be written again within the same moment are not relied on", () => {
  expect(stamped("key", files().all, Date.now())).toBe(undefined);
});
