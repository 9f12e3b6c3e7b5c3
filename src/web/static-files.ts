import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface StaticFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** All files under /static, held in memory: they are few and small. */
export interface StaticFiles {
  /** Changes whenever any of them does. */
  version: string;
  get(name: string): StaticFile | null;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads our own static folder, and the two files that are delivered straight from their packages. */
export const loadStaticFiles = async (): Promise<StaticFiles> => {
  const folder = fileURLToPath(new URL("../../static", import.meta.url));
  const { resolve } = createRequire(import.meta.url);
  const ours = (await readdir(folder)).filter((name) => types[extname(name)] !== undefined).sort();
  const paths = [
    ...ours.map((name) => [name, join(folder, name)] as const),
    ["pico.min.css", resolve("@picocss/pico/css/pico.min.css")] as const,
    ["htmx.min.js", resolve("htmx.org/dist/htmx.min.js")] as const,
  ];
  const hash = createHash("sha256");
  const files = new Map<string, StaticFile>();
  for (const [name, path] of paths) {
    const bytes = new Uint8Array(await readFile(path));
    hash.update(name).update(bytes);
    files.set(name, { bytes, type: types[extname(name)] ?? "application/octet-stream" });
  }
  return { version: hash.digest("hex").slice(0, 12), get: (name) => files.get(name) ?? null };
};
