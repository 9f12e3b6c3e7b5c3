import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { list } from "#authored/listing.ts";
import { testFolder } from "../main/milepost.ts";

const uid = process.getuid?.() ?? 0;

const folderOf = (...files: readonly string[]): string => {
  const folder = join(testFolder(), "own");
  mkdirSync(join(folder, "lib"), { recursive: true });
  for (const path of [folder, join(folder, "lib")]) chmodSync(path, 0o755);
  for (const file of files) {
    writeFileSync(join(folder, file), "");
    chmodSync(join(folder, file), 0o644);
  }
  return folder;
};

test("files right in the folder are workflows; declarations, tests, hidden ones and what lies below are not", () => {
  const folder = folderOf(
    "b.ts",
    "a.sh",
    "c.mts",
    "x.d.ts",
    "x.test.ts",
    ".hidden.ts",
    "lib/shared.ts",
    "notes.md",
  );
  expect(list(folder, uid)).toMatchObject({ workflows: ["a.sh", "b.ts", "c.mts"], fault: null });
  expect(list(join(folder, "none"), uid)).toBeNull();
});

test("a link is read only where it leads to a file of the folder", () => {
  const folder = folderOf("a.ts", "lib/shared.ts");
  writeFileSync(join(folder, "../other.ts"), "");
  for (const [name, target] of [
    ["here.ts", "lib/shared.ts"],
    ["out.ts", "../other.ts"],
    ["absolute.ts", "/etc/passwd"],
    ["gone.ts", "nowhere.ts"],
    ["folder.ts", "lib"],
    ["round.ts", "round.ts"],
  ] as const)
    symlinkSync(target, join(folder, name));
  const { workflows = [], faults = [] } = list(folder, uid) ?? {};
  expect(workflows).toEqual(["a.ts", "here.ts"]);
  expect(Object.fromEntries(faults.map(({ file, sentence }) => [file, sentence]))).toEqual({
    "out.ts": expect.stringContaining("outside of the folder"),
    "absolute.ts": expect.stringContaining("outside of the folder"),
    "gone.ts": "It is a link to what is not there.",
    "round.ts": "It is a link to what is not there.",
    "folder.ts": "It is no file.",
  });
});

test.each([
  ["", 0o775, "can be written by its group"],
  ["", 0o777, "can be written by everybody"],
  ["lib", 0o757, "can be written by everybody"],
  ["lib/shared.ts", 0o664, "can be written by its group"],
])("nothing is read where “%s” has the mode %o", (path, mode, says) => {
  const folder = folderOf("a.ts", "lib/shared.ts");
  chmodSync(join(folder, path), mode);
  expect(list(folder, uid)).toMatchObject({ workflows: [], fault: expect.stringContaining(says) });
});

test("nothing is read that belongs to another user than the server runs as, root aside", () => {
  const folder = folderOf("a.ts");
  const other = uid === 0 ? null : 0;
  if (other === null) {
    // Tests run as root here, whose files anybody's server may read.
    expect(list(folder, 1234)?.workflows).toEqual(["a.ts"]);
  } else expect(list(folder, uid + 1)?.fault).toContain("belongs to somebody else");
});
