"use strict";
// Finds or makes the bundle of a program. It is never stale, because its folder is named after the contents of all that it was made of.
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} = require("node:fs");
const { join } = require("node:path");
const { bundledName, keyOf, root } = require("./sources.cjs");

/** A server loads from its own until it ends, whatever was made since. */
const kept = 4;

/** Makes it wholly or not at all, however many do so at the same time. */
const make = (program, folder, key) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = mkdtempSync(join(folder, ".part-"));
  try {
    // Loaded only here, because most starts make none.
    require("node:child_process").execFileSync(
      process.execPath,
      [join(__dirname, "build.cjs"), program, part],
      {
        encoding: "utf8",
        stdio: "pipe",
      },
    );
    if (keyOf(program) !== key) throw new Error("The sources changed meanwhile.");
    renameSync(part, join(folder, key));
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Somebody else may have been faster.
    if (!existsSync(join(folder, key))) throw error;
  }
  removeOld(folder);
};

const removeOld = (folder) => {
  const usedAt = (name) => statSync(join(folder, name)).mtimeMs;
  const names = readdirSync(folder).sort((one, other) => usedAt(other) - usedAt(one));
  for (const name of names.slice(kept)) rmSync(join(folder, name), { recursive: true, force: true });
};

const noteUse = (place) => {
  try {
    utimesSync(place, new Date(), new Date());
  } catch (_) {
    // Where it may only be read, none is removed either.
  }
};

/**
 * The bundle of a program ("src/main/main.ts") in the first of these folders that has it or may be written: its file, and where Node may
 * keep what it compiles of it. Throws what went wrong in the last one when it can be made in none.
 */
exports.bundleOf = (program, folders = [join(root, ".bundle")]) => {
  const key = keyOf(program);
  let folder = folders.find((one) => existsSync(join(one, key)));
  let failure;
  for (const one of folder === undefined ? folders : []) {
    try {
      make(program, one, key);
      folder = one;
      break;
    } catch (error) {
      failure = error;
    }
  }
  if (folder === undefined) throw failure;
  noteUse(join(folder, key));
  return { file: join(folder, key, bundledName(program)), compiled: join(folder, key, "compiled") };
};
