import { existsSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Place } from "#core/authored.ts";
import { FaultAt, lineOf } from "./place.ts";

/** What was read of a file, by its path in the folder: "lib/names.ts". */
export type Texts = Record<string, string>;

export interface Loader {
  /** The module in this file below `root`, and all that it imports, as Node loads them. */
  load(file: string): Promise<unknown>;
  /** All files below `root` that this one leads to, itself included, with their texts as they were loaded. */
  textsOf(file: string): Texts;
  close(): void;
}

interface LoaderOptions {
  /** What `import … from "milepost"` gives: these very values, so that a class is the same on both sides. */
  milepost: object;
  /** Absolute and real. Only modules below it are ours to load. */
  root: string;
  /** The folder that each folder in `root` is a copy of: what is imported by a name is looked for from there. Default: `root` is none of copies. */
  copiesOf?: string;
  /** Node's own import, as whoever may import everything has it. */
  importUrl: (url: string) => Promise<unknown>;
}

let loaders = 0;

/**
 * Loads workflows that people wrote. Node takes the types away; the name "milepost" leads to what is handed over, from wherever it is
 * imported; and what leads out of the folder is refused.
 */
export const createLoader = ({ milepost, root, copiesOf, importUrl }: LoaderOptions): Loader => {
  const name = `milepost:${++loaders}`;
  const shared = Symbol.for(name);
  const global = globalThis as { [shared]?: object };
  global[shared] = milepost;
  const texts = new Map<string, string>();
  const leadsTo = new Map<string, Set<string>>();

  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const parent = pathIn(root, context.parentURL);
      if (parent === null) return next(specifier, context);
      if (specifier === "milepost") return { url: name, format: "module", shortCircuit: true };
      const [copy, path] = copiesOf === undefined ? ["", parent] : splitAt(parent);
      const isName = !/^\.{0,2}\//.test(specifier);
      const from = copiesOf !== undefined && isName ? { parentURL: urlOf(copiesOf, path) } : {};
      const found = orFault(() => next(specifier, { ...context, ...from }), {
        file: parent,
        line: lineOf(texts.get(parent) ?? "", new RegExp(`["']${escaped(specifier)}["']`)),
      });
      if (!found.url.startsWith("file:")) return found;
      const own = pathIn(join(root, copy), found.url) ?? pathIn(copiesOf ?? root, found.url);
      if (own === null) {
        if (found.url.includes("/node_modules/")) return found;
        throw new FaultAt(
          { file: parent, line: lineOf(texts.get(parent) ?? "", new RegExp(escaped(specifier))) },
          `“${specifier}” leads out of the folder of workflows; only files in it and packages are loaded.`,
        );
      }
      leadsTo.set(parent, (leadsTo.get(parent) ?? new Set()).add(own));
      return { ...found, url: urlOf(join(root, copy), own) };
    },
    load: (url, context, next) => {
      if (url === name) return { format: "module", source: sharedSource(name, milepost), shortCircuit: true };
      const own = pathIn(root, url);
      if (own === null) return next(url, context);
      const text = readFileSync(fileURLToPath(url), "utf8");
      texts.set(own, text);
      const format = formats[extname(own)];
      if (format === undefined)
        throw new Error(`“${own}” is none of the files that are loaded: ${Object.keys(formats).join(", ")}.`);
      return { format, source: text, shortCircuit: true };
    },
  });

  /** What is imported only when a step runs has to be there too, and nothing has loaded it. */
  const textOf = (path: string): string | null => {
    const known = texts.get(path);
    if (known !== undefined || !existsSync(join(root, path))) return known ?? null;
    const text = readFileSync(join(root, path), "utf8");
    texts.set(path, text);
    return text;
  };
  const reach = (path: string, into: Texts): Texts => {
    const text = path in into ? null : textOf(path);
    if (text === null) return into;
    into[path] = text;
    const later = [...text.matchAll(laterImport)].flatMap(([, to = ""]) => {
      const own = pathIn(root, new URL(to, urlOf(root, path)).href);
      return own === null ? [] : [own];
    });
    for (const next of [...(leadsTo.get(path) ?? []), ...later]) reach(next, into);
    return into;
  };
  return {
    load: (file) => importUrl(urlOf(root, file)),
    textsOf: (file) => reach(file, {}),
    close: () => {
      hooks.deregister();
      delete global[shared];
    },
  };
};

const formats: Readonly<Record<string, string>> = {
  ".ts": "module-typescript",
  ".mts": "module-typescript",
  ".js": "module",
  ".mjs": "module",
  ".json": "json",
};

const laterImport = /\b(?:import\s*\(|from|import)\s*["'](\.{1,2}\/[^"']+)["']/g;

/** "lib/names.ts" for an address below the folder; null for all others, and for packages that lie in it. */
const pathIn = (root: string, url: string | undefined): string | null => {
  if (url?.startsWith("file:") !== true) return null;
  const path = relative(root, fileURLToPath(url)).replaceAll(sep, "/");
  return path === "" || path.startsWith("../") || path.split("/").includes("node_modules") ? null : path;
};

/** Node says what is missing, and not who wanted it in which line. */
const orFault = <T>(find: () => T, place: Place): T => {
  try {
    return find();
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw new FaultAt(place, words.replace(/ imported from .*/s, ""));
  }
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const urlOf = (folder: string, path: string): string => pathToFileURL(join(folder, path)).href;

/** "0a1b", "lib/names.ts" for "0a1b/lib/names.ts". */
const splitAt = (path: string): [string, string] => {
  const at = path.indexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
};

const sharedSource = (name: string, milepost: object): string =>
  `const shared = globalThis[Symbol.for("${name}")];\n${Object.keys(milepost)
    .map((one) => `export const ${one} = shared.${one};`)
    .join("\n")}\n`;
