"use strict";
// Puts the sources of a program and its packages together into few files, which Node loads in a fifth of the time:
// node bin/build.cjs src/main/main.ts FOLDER
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { dirname, join, posix, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { build } = require("esbuild");
const late = require("./late.cjs");
const { bundledName, root, sources } = require("./sources.cjs");

/** They load files of their own by where they lie. */
const apart = /^(better-sqlite3|pino)$/;

/** `new URL("./child-main.ts", import.meta.url)`: a program of its own, which is bundled too. */
const ownProgram = /new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;

const programs = [process.argv[2]];

/** Those that ask where they lie are told so as text: in the bundle they lie elsewhere. */
const placed = new Map();
for (const path of [...programs, ...sources()]) {
  const text = readFileSync(join(root, path), "utf8");
  if (!text.includes("import.meta.url")) continue;
  const url = JSON.stringify(pathToFileURL(join(root, path)).href);
  const contents = text
    .replace(ownProgram, (_, to) => {
      const program = posix.join(posix.dirname(path), to);
      if (!programs.includes(program)) programs.push(program);
      return `new URL("./${bundledName(program)}", import.meta["url"])`;
    })
    .replaceAll("import.meta.url", url);
  placed.set(join(root, path), { contents, loader: path.endsWith("x") ? "tsx" : "ts" });
}

/** Each question to us takes longer than reading a file, so that only those few are asked about. */
const filterOf = (paths) =>
  new RegExp(`^(${paths.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`);

const foundFrom = (folder, name) => require.resolve(name, { paths: [folder] });

/** What it exports is there by name; it is loaded when one of these is first used. */
const lateModule = (loading, names) =>
  [
    `const load = () => ${loading};`,
    ...names.map(
      (name) => `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => load().${name} });`,
    ),
  ].join("\n");

const plugin = {
  name: "placed",
  setup: ({ onLoad, onResolve }) => {
    // Node's http brings along all of its own fetch when it is imported as a module, and http2 is for proxies only.
    onResolve({ filter: /^(node:)?http[2s]?$/ }, ({ path }) => ({ path, namespace: "late-node" }));
    onLoad({ filter: /./, namespace: "late-node" }, ({ path }) => ({
      contents: lateModule(`process.getBuiltinModule("${path}")`, Object.keys(require(path))),
    }));
    // By their whole paths, because the bundle may lie where Node does not find packages.
    onResolve({ filter: late }, ({ path, resolveDir }) => ({
      path: foundFrom(resolveDir, path),
      namespace: "late",
    }));
    onLoad({ filter: /./, namespace: "late" }, ({ path }) => ({
      contents: lateModule(`require(${JSON.stringify(path)})`, Object.keys(require(path))),
    }));
    onResolve({ filter: /./, namespace: "late" }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: apart }, ({ path, resolveDir }) => ({
      path: foundFrom(resolveDir, path),
      external: true,
    }));
    // Zod's sentences in fifty languages, a third of all that is here: ours are English.
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
    onLoad({ filter: filterOf([...placed.keys()]) }, ({ path }) => placed.get(path));
  },
};

/**
 * V8 keeps a source in two bytes a character when a single one of them needs two. esbuild escapes those in strings; what is left stands in
 * regular expressions, where the same escape means the same, in comments, and in raw templates, which stay.
 */
const inOneByte = (source) =>
  source.replace(/raw`[^`]*`|[^\0-\x7f]/g, (part) =>
    part.length > 1 ? part : `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

build({
  absWorkingDir: root,
  entryPoints: programs.map((path) => ({
    in: join(root, path),
    out: bundledName(path).replace(/\.mjs$/, ""),
  })),
  outdir: resolve(process.argv[3]),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // Said here, because below node_modules no tsconfig.json is read.
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  logLevel: "silent",
  write: false,
  // Packages that are no modules find Node's own by it.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  plugins: [plugin],
})
  .then(({ outputFiles }) => {
    for (const { path, text } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, path.endsWith(".mjs") ? inOneByte(text) : text);
    }
  })
  .catch(({ message }) => {
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  });
