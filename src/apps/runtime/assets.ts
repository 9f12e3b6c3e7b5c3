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

/** Our style sheets in the order of their loading; the first imports Pico into a layer below ours. */
export const sheets = ["app.css", "controls.css", "rows.css"] as const;

/** Reads our own files, which lie beside this one, and two that are delivered straight from their packages. */
export const loadAssets = async (): Promise<Assets> => {
  const { resolve } = createRequire(import.meta.url);
  const pico = await readFile(resolve("@picocss/pico/css/pico.min.css"));
  const files = new Map<string, Buffer>([["pico.min.css", pico]]);
  for (const name of [...sheets, "app.js"])
    files.set(name, await readFile(new URL(`./${name}`, import.meta.url)));
  files.set("htmx.min.js", await readFile(resolve("htmx.org/dist/htmx.min.js")));
  // The address of the sheet that ours imports changes with it too, so that browsers keep it for ever.
  const first = String(files.get("app.css")).replace(
    '"pico.min.css"',
    `"pico.min.css?v=${versionOf([pico])}"`,
  );
  files.set("app.css", Buffer.from(first));
  return {
    version: versionOf(files.values()),
    get: (name) => {
      const bytes = files.get(name);
      return bytes === undefined
        ? null
        : { bytes: new Uint8Array(bytes), type: name.endsWith(".css") ? css : script };
    },
  };
};

const versionOf = (parts: Iterable<Buffer>): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 12);
};
