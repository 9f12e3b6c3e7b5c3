import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { budget } from "./budget.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const late = createRequire(import.meta.url)("../../bin/late.cjs") as RegExp;

/** A server loads both, and whatever they lead to but by an import that is made later. */
const begun = ["src/main/main.ts", "src/main/verbs/serve.ts"];

test("a server loads few packages before one of them is used, and little of our own", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: begun,
    outdir: "nowhere",
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    metafile: true,
    write: false,
    logLevel: "silent",
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
  });
  const files = new Set(begun);
  const packages = new Set<string>();
  for (const file of files)
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === "dynamic-import") continue;
      if (external !== true) files.add(path);
      else if (!/^(?:node:|\.)/.test(path) && !late.test(path)) packages.add(nameOf(path));
    }
  expect([...packages].sort()).toEqual(budget.startedServer.packages);
  const bytes = [...files].reduce((sum, file) => sum + (metafile.inputs[file]?.bytes ?? 0), 0);
  expect(bytes).toBeGreaterThan(budget.startedServer.bytes * 0.5);
  expect(bytes).toBeLessThanOrEqual(budget.startedServer.bytes);
});

/** "hono" for "hono/jsx", "@hono/node-server" for what is below it. */
const nameOf = (path: string): string =>
  path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
