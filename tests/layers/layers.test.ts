import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { environment, layers, mayInWords, nameOf } from "../../layers.ts";
import { withLayers } from "./biome-part.ts";
import { readSource, type Source, sourceOf } from "./imports.ts";
import { offences, unused } from "./rules.ts";

const house = globSync("{src,views,static}/**/*.{ts,tsx,js,css}").toSorted().map(readSource);
const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));

test("no file of the house breaks its rules", () => {
  expect(house.length).toBeGreaterThan(400);
  expect(offences(house)).toEqual([]);
});

test("the table allows nothing that nobody needs", () => {
  expect(unused(house)).toEqual([]);
});

test("the server's own process has nothing of the crawler and the sandboxes: they cost something only when they are used", () => {
  const whoImports = (...what: string[]) =>
    house
      .filter(
        ({ file, imports }) =>
          !/^src\/(crawl|sandbox)\//.test(file) &&
          imports.some((one) => what.some((start) => one.startsWith(start))),
      )
      .map(({ file }) => file);
  expect(whoImports("#crawl/", "#sandbox/")).toEqual([
    "src/main/keep/crawls-elsewhere.ts",
    "src/main/sandboxes-child.ts",
    "src/main/this-botify.ts",
  ]);
  expect(whoImports("./this-botify.ts", "#main/this-botify.ts")).toEqual(["src/main/sandboxes-child.ts"]);
  expect(whoImports("./sandboxes-child.ts", "#main/sandboxes-child.ts")).toEqual([]);
  // Moving is done by a command, while no server runs.
  const elsewhere = ["src/main/keep/move.ts", "src/main/sandboxes-child.ts"];
  expect(whoImports("./crawls-elsewhere.ts", "./keep/crawls-elsewhere.ts")).toEqual(elsewhere);
  expect(whoImports("./keep/move.ts", "#main/keep/move.ts")).toEqual(["src/main/verbs/move.ts"]);
});

const file = (path: string, text: string): Source => sourceOf(path, text);

test.each([
  ["src/core/a.ts", 'import type { Store } from "#store/a.ts";', "core may import nothing, no more"],
  ["src/core/a.ts", 'export type { Store } from "#store/a.ts";', "core may import nothing, no more"],
  ["src/core/a.ts", 'type A = import("#engine/engine.ts").Engine;', "core may import nothing, no more"],
  ["src/core/a.ts", 'const a = await import("#engine/engine.ts");', "core may import nothing, no more"],
  ["src/core/a.ts", "const a = await import(name);", "imports what nobody can read"],
  ["src/core/a.ts", 'import { Hono } from "hono";', "core may import zod"],
  ["src/web/a.ts", 'import { drive } from "#engine/drive.ts";', "web may import core, engine/engine.ts"],
  ["src/web/a.ts", 'import { serve } from "#main/serve.ts";', "web may import"],
  ["src/crawl/a.ts", 'import { connect } from "#connectors/ssh/connect.ts";', "crawl may import"],
  ["src/apps/a.ts", 'import { eq } from "drizzle-orm/sql";', "only store knows it"],
  ["src/connectors/ssh/a.ts", 'import { Agent } from "undici";', "only connectors/http knows it"],
  ["src/apps/runtime/a.ts", 'import { migrate } from "#apps/migrate.ts";', "apps/runtime may import nothing"],
  ["src/core/time-left/a.ts", 'import { run } from "../run.ts";', "write #layer/file.ts"],
  ["src/core/a.ts", 'import { helper } from "#helpers/a.ts";', "lies in no layer"],
  ["src/helpers/a.ts", 'import { run } from "#core/run.ts";', "lies in no layer"],
  ["src/connectors/ssh/a.ts", 'import { x } from "#connectors/botify/a.ts";', "do not know each other"],
  ["src/workflows/one/steps/a.ts", 'import { x } from "#workflows/two/a.ts";', "do not know each other"],
  ["src/core/a.ts", "const home = process.env.HOME;", "reads the environment"],
  ["src/core/a.ts", 'const { HOME } = process["env"];', "reads the environment"],
  ["src/core/a.ts", 'import { env } from "node:process";', "reads the environment"],
  ["src/core/a.ts", "const { env } = process;", "reads the environment"],
  ["src/core/a.ts", "const home = globalThis.process.env;", "reads the environment"],
  ["src/core/a.ts", "export default 1;", "exports a default"],
  ["src/workflows/one/steps/a.ts", "export default 1;", "exports a default"],
])("%s with %o is refused", (path, text, sentence) => {
  expect(offences([file(path, text)])).toEqual([expect.stringContaining(sentence)]);
});

test.each([
  ["src/core/time-left/a.ts", 'import { run } from "#core/run.ts";\nimport type { ZodType } from "zod";'],
  ["src/connectors/ssh/a.ts", 'import { x } from "#connectors/http/json.ts";'],
  ["src/connectors/http/a.ts", 'import { Agent } from "undici";'],
  ["src/workflows/one/steps/a.ts", 'import { x } from "#workflows/one/a.ts";'],
  ["src/workflows/one/a.ts", 'import type { Host } from "#workflows/host.ts";'],
  ["src/workflows/one/workflow.ts", "export default 1;"],
  ["src/web/a.ts", 'import type { Engine } from "#engine/engine.ts";'],
  ["src/main/a.ts", "const a = await import(name);"],
  ["src/main/a.ts", 'import { store } from "#store/sql-store.ts";'],
])("%s with %o is allowed", (path, text) => {
  expect(offences([file(path, text)])).toEqual([]);
});

test.each(["src/core/a.ts", "views/a.tsx", "static/app.css"])("%s has 250 lines at most", (path) => {
  expect(offences([file(path, "\n".repeat(250))])).toEqual([]);
  expect(offences([file(path, "\n".repeat(251))])).toEqual([expect.stringContaining("251 lines")]);
});

test("a circle of imports is found, also one of types and of three files", () => {
  const three = [
    file("src/core/a.ts", 'import type { B } from "./b.ts";'),
    file("src/core/b.ts", 'import { c } from "#core/c.ts";'),
    file("src/core/c.ts", 'import type { A } from "./a.ts";'),
  ];
  expect(offences(three)).toEqual([expect.stringContaining("import each other")]);
  expect(offences(three.slice(0, 2))).toEqual([]);
});

test("biome.json says what the table of layers says (npm run layers writes it)", () => {
  expect(json("biome.json")).toEqual(withLayers(json("biome.json")));
});

test("docs/architecture.md tells of each layer what it may import", () => {
  const rows = [...readFileSync("docs/architecture.md", "utf8").matchAll(/^\| `(.+?)\/` \| (.+?) \|/gm)];
  const told = rows.map(([, folder, may]) => ({ folder, may }));
  expect(told).toEqual(layers.map((layer) => ({ folder: layer.folder, may: mayInWords(layer) })));
});

test("package.json has a name for each layer and for nothing else", () => {
  const whole = layers.filter(({ folder }) => folder !== "src/apps/runtime");
  const names = whole.map((layer) => [`#${nameOf(layer)}/*`, `./${layer.folder}/*`]);
  expect(json("package.json").imports).toEqual(Object.fromEntries(names));
});

test("who may read the environment is there and does", () => {
  const readers = house.filter(({ readsEnvironment }) => readsEnvironment).map((one) => one.file);
  expect(readers).toEqual(Object.keys(environment).toSorted());
});
