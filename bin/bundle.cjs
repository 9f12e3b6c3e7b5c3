"use strict";
// Finds or makes the bundle of a program. It is never stale, because its folder is named after the contents of all that it was made of.
const {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require("node:fs");
const { dirname, join } = require("node:path");
const { bundledName, keyOf, looked, root } = require("./sources.cjs");
const { keyStamped, stamped } = require("./stamps.cjs");

/** A server loads from its own until it ends, whatever was made since: so many are kept in any case, and each for so long after its last start. */
const kept = 4;
const keptMs = 7 * 24 * 3_600_000;

/** Makes it wholly or not at all, however many do so at the same time. */
const make = (program, folder, key) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // It may be made by whoever installs, and is run by another.
  if (dirname(folder) === root) chmodSync(folder, 0o755);
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
    chmodSync(part, 0o755);
    renameSync(part, join(folder, key));
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Somebody else may have been faster.
    if (!existsSync(join(folder, key, bundledName(program)))) throw error;
  }
  removeOld(folder);
};

const removeOld = (folder) => {
  // Others may remove at the same time.
  const usedAt = (name) =>
    (statSync(join(folder, name), { throwIfNoEntry: false }) || { mtimeMs: 0 }).mtimeMs;
  const bundles = readdirSync(folder).filter((name) => !name.endsWith(stampsEnd));
  const byUse = bundles.map((name) => ({ name, at: usedAt(name) }));
  for (const { name, at } of byUse.sort((one, other) => other.at - one.at).slice(kept))
    if (Date.now() - at > keptMs) rmSync(join(folder, name), { recursive: true, force: true });
};

const stampsEnd = ".stamps";

/** Begins with where we stand, because a folder may be copied with all that is in it. */
const stampsOf = (program, folder) => join(folder, `${bundledName(program)}${stampsEnd}`);

const knownKey = (program, folders) => {
  for (const folder of folders)
    try {
      const text = readFileSync(stampsOf(program, folder), "utf8");
      const key = text.startsWith(`${root}\n`) ? keyStamped(text.slice(root.length + 1)) : undefined;
      if (key !== undefined) return key;
    } catch (_) {
      // Not there yet, or not ours to read: then all is read.
    }
  return undefined;
};

const remember = (program, folder, text) => {
  try {
    const part = `${stampsOf(program, folder)}.${process.pid}`;
    writeFileSync(part, `${root}\n${text}`, { mode: 0o644 });
    renameSync(part, stampsOf(program, folder));
  } catch (_) {
    // Where the program may only be read, all is read at each start.
  }
};

const may = (path, right) => {
  try {
    accessSync(path, right);
    return true;
  } catch (_) {
    return false;
  }
};

/**
 * The bundle of a program ("src/main/main.ts") in the first of these folders that has it or may be written: its file, and where Node may
 * keep what it compiles of it. Throws what went wrong in the last one when it can be made in none.
 */
exports.bundleOf = (program, folders = [join(root, ".bundle")]) => {
  const begunMs = Date.now();
  const known = knownKey(program, folders);
  const key = known || keyOf(program);
  const fileIn = (folder) => join(folder, key, bundledName(program));
  let folder = folders.find((one) => may(fileIn(one), constants.R_OK));
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
  const stamps = known ? undefined : stamped(key, looked, begunMs);
  if (stamps !== undefined) remember(program, folder, stamps);
  const place = join(folder, key);
  const isOurs = may(place, constants.W_OK);
  if (isOurs) utimesSync(place, new Date(), new Date());
  // One that somebody else installed is compiled where we may write.
  return { file: fileIn(folder), compiled: join(isOurs ? place : folders[folders.length - 1], "compiled") };
};
