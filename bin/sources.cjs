"use strict";
// What the program is made of, and a key that is another one as soon as any of it is.
const { createHash } = require("node:crypto");
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = join(__dirname, "..");

/** Everything that an import of ours can lead to. */
const folders = ["src", "views"];
const makers = ["bin/sources.cjs", "bin/late.cjs", "bin/build.cjs"];

/** The paths of all that a key was made of so far: had one of them been otherwise, or not been missing, it might be another key. */
const looked = new Set();
exports.looked = looked;

const read = (path) => {
  looked.add(path);
  return readFileSync(path, "utf8");
};

const filesBelow = (folder) => {
  looked.add(join(root, folder));
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path);
    return /\.(ts|tsx|js|json)$/.test(entry.name) ? [path] : [];
  });
};

/** The package.json of a package as Node finds it from a folder; undefined where an optional one was left out. */
const manifestOf = (name, from) => {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json");
    looked.add(file);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
};

/** Of our own package.json and of all packages that it needs, and those need: which versions are installed, with a lock or without. */
const manifests = () => {
  const found = new Map();
  const look = (file) => {
    if (file === undefined || found.has(file)) return;
    const text = read(file);
    found.set(file, text);
    for (const name of Object.keys(JSON.parse(text).dependencies || {}))
      look(manifestOf(name, dirname(file)));
  };
  look(join(root, "package.json"));
  return found;
};

exports.root = root;

/** The files of all sources, by their path from the root. */
exports.sources = () => folders.flatMap(filesBelow).sort();

/** Another one whenever a bundle of this program would be another one. */
exports.keyOf = (program) => {
  // Where it stands is part of it: it reads its style sheets, migrations and the like from there.
  const hash = createHash("sha256").update(root);
  for (const [file, text] of manifests()) hash.update(`\0${file}\0${text}`);
  for (const path of [...makers, program, ...exports.sources()])
    hash.update(`\0${path}\0`).update(read(`${root}/${path}`));
  return hash.digest("hex").slice(0, 20);
};

/** "src-main-main.mjs" for "src/main/main.ts". */
exports.bundledName = (path) => `${path.replace(/\.tsx?$/, "").replace(/[\\/]/g, "-")}.mjs`;
