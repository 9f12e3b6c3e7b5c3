"use strict";
// Runs Milepost: from its bundle, or from its sources where none can be made.
const { mkdirSync, statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { bundleOf } = require("./bundle.cjs");
const { root } = require("./sources.cjs");

const program = "src/main/main.ts";

/** What others could write is not run for whoever looks after their data. */
const isOwn = (folder) => {
  const there = statSync(folder, { throwIfNoEntry: false });
  return there !== undefined && process.getuid !== undefined && there.uid === process.getuid();
};

/** With the program; where that may only be read, with the data of the server that is about to begin, or of one that began there. */
const folders = [join(root, ".bundle")];
const withData = resolve(process.env.MILEPOST_DATA || "data", "bundle");
if (process.argv[2] === "serve" || isOwn(withData)) folders.push(withData);

const fromSources = async () => {
  // It would be looked for where one stands.
  process.env.TSX_TSCONFIG_PATH = join(root, "tsconfig.json");
  const { register } = await import("tsx/esm/api");
  register();
  return join(root, program);
};

/** Where that cannot be written it is compiled at each start, and the server says what else it may not write. */
const keepCompiled = (folder) => {
  try {
    // Node would let others look into the folders that it makes for it.
    if (process.argv[2] === "serve") mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch (_) {
    // Nothing else comes of it.
  }
};

const find = () => {
  try {
    const { file, compiled } = bundleOf(program, folders);
    keepCompiled(compiled);
    return file;
  } catch (error) {
    process.stderr.write(
      `Milepost starts from its sources, which takes longer: ${error.stderr || error.message}\n`,
    );
    return fromSources();
  }
};

(async () => import(pathToFileURL(await find()).href))();
