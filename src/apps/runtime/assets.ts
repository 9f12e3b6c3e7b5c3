import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

export interface Asset {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** The style sheets and scripts of all apps, held in memory: they are few and small. */
export interface Assets {
  /** Changes whenever any of them does. */
  version: string;
  get(name: string): Asset | null;
}

const css = "text/css; charset=utf-8";
const script = "text/javascript; charset=utf-8";

/** Reads our own files, which lie beside this one, and two that are delivered straight from their packages. */
export const loadAssets = async (): Promise<Assets> => {
  const { resolve } = createRequire(import.meta.url);
  const sources = [
    ["app.css", css, new URL("./app.css", import.meta.url)],
    ["app.js", script, new URL("./app.js", import.meta.url)],
    ["pico.min.css", css, resolve("@picocss/pico/css/pico.min.css")],
    ["htmx.min.js", script, resolve("htmx.org/dist/htmx.min.js")],
  ] as const;
  const hash = createHash("sha256");
  const files = new Map<string, Asset>();
  for (const [name, type, source] of sources) {
    const bytes = new Uint8Array(await readFile(source));
    hash.update(name).update(bytes);
    files.set(name, { bytes, type });
  }
  return { version: hash.digest("hex").slice(0, 12), get: (name) => files.get(name) ?? null };
};
