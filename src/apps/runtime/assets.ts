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
  const [pico, own, ours, htmx] = await Promise.all([
    readFile(resolve("@picocss/pico/css/pico.min.css")),
    readFile(new URL("./app.css", import.meta.url), "utf8"),
    readFile(new URL("./app.js", import.meta.url)),
    readFile(resolve("htmx.org/dist/htmx.min.js")),
  ]);
  // The address of the sheet that ours imports changes with it too, so that browsers keep it for ever.
  const sheet = Buffer.from(own.replace('"pico.min.css"', `"pico.min.css?v=${versionOf(pico)}"`));
  const files = new Map<string, Asset>([
    ["pico.min.css", asset(css, pico)],
    ["app.css", asset(css, sheet)],
    ["app.js", asset(script, ours)],
    ["htmx.min.js", asset(script, htmx)],
  ]);
  return { version: versionOf(sheet, ours, htmx), get: (name) => files.get(name) ?? null };
};

const asset = (type: string, bytes: Buffer): Asset => ({ type, bytes: new Uint8Array(bytes) });

const versionOf = (...parts: readonly Buffer[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 12);
};
