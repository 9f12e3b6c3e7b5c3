import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import yazl from "yazl";
import { z } from "zod";
import type { Errands } from "#core/errand.ts";
import { withoutKept } from "./bulk/kept-lines.ts";
import type { CopyOrder } from "./copy-child.ts";
import type { TableSum } from "./copy-rows.ts";
import { projectLock } from "./project-lock.ts";
import type { OpenApp } from "./registry.ts";
import { withoutHistory } from "./runtime/history.ts";
import { openDatabase } from "./runtime/sqlite.ts";

/** What the runtime imports, and `tsx`, which runs it as it runs Milepost itself. */
const packages = [
  "@hono/node-server",
  "@picocss/pico",
  "better-sqlite3",
  "csv-parse",
  "hono",
  "htmx.org",
  "tsx",
  "zod",
] as const;

/** How Node is brought to run it: as it runs Milepost itself. */
const launch = ["bin/node.cjs", "bin/ends-with-parent.cjs"] as const;
/** Nothing here needs an install script, and an old npm would call a compiler. Said here, because npm packs no .npmrc of ours. */
const npmrc = "ignore-scripts=true\nloglevel=error\n";
const root = new URL("../../", import.meta.url);

/**
 * A zip of an app as a project of its own, below a folder with its name: the same runtime that serves it here, its schema, and a copy of
 * its data as they are at this moment. It starts with `npm install && npm start`.
 */
export const projectZip = async (app: OpenApp, errands: Errands): Promise<Readable> => {
  const { slug, schema } = app;
  const zip = new yazl.ZipFile();
  const add = (name: string, text: string | Buffer) =>
    zip.addBuffer(typeof text === "string" ? Buffer.from(text) : text, `${slug}/${name}`);
  add("README.md", readme(slug, schema.title));
  add("package.json", `${JSON.stringify(manifest(slug), null, 2)}\n`);
  const lock = projectLock(new URL("package-lock.json", root), manifest(slug));
  if (lock !== null) add("package-lock.json", lock);
  add(".npmrc", npmrc);
  for (const file of launch) add(file, readFileSync(new URL(file, root)));
  add("LICENSE", readFileSync(new URL("LICENSE", root)));
  add("tsconfig.json", `${JSON.stringify(tsconfig, null, 2)}\n`);
  add(".gitignore", "node_modules/\ndata/\n");
  add("schema.json", `${JSON.stringify(schema, null, 2)}\n`);
  const runtime = fileURLToPath(new URL("./runtime/", import.meta.url));
  for (const file of readdirSync(runtime).sort()) add(`runtime/${file}`, readFileSync(join(runtime, file)));
  add("data/app.sqlite", await copyOf(app, errands));
  zip.end();
  return zip.outputStream as Readable;
};

// It leaves out what was deleted, and who did what.
const copyOf = async ({ db, at, schema }: OpenApp, errands: Errands): Promise<Buffer> => {
  const folder = mkdtempSync(join(tmpdir(), "app-copy-"));
  try {
    const file = join(folder, "app.sqlite");
    if ("file" in at) db.prepare("VACUUM INTO ?").run(file);
    else await copyApart(errands, { at, schema, to: file });
    const copy = openDatabase(file);
    withoutHistory(copy);
    withoutKept(copy);
    // One file, with nothing in it of what was dropped.
    copy.pragma("journal_mode = DELETE");
    copy.exec("VACUUM");
    copy.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Every row comes over the network. */
const copyApart = (errands: Errands, order: CopyOrder): Promise<TableSum[]> =>
  errands.run({
    entry: new URL("./copy-child.ts", import.meta.url),
    ...{ order, memoryMb: 256, timeLimitMs: 600_000 },
    failure: "The app could not be downloaded",
  });

const manifest = (slug: string) => ({
  // Never the name of a package that it needs.
  name: `${slug}-app`,
  version: "1.0.0",
  private: true,
  type: "module",
  license: "MIT",
  scripts: {
    start: "node bin/node.cjs --import tsx runtime/stand-alone.ts",
    check: "tsc",
    test: "tsc && node bin/node.cjs --import tsx --test runtime/works.test.ts",
  },
  dependencies: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  // A Node for each platform, of which npm brings the one that fits.
  optionalDependencies: ours().optionalDependencies,
  devDependencies: Object.fromEntries(checkers.map((name) => [name, ours().devDependencies[name]])),
});

const checkers = ["@types/better-sqlite3", "@types/node", "typescript"] as const;
const pinned = z.record(z.string(), z.string());
const ours = () =>
  z
    .object({ optionalDependencies: pinned, devDependencies: pinned })
    .parse(JSON.parse(readFileSync(new URL("package.json", root), "utf8")));

/** The version that runs here, so that the download behaves as the app did. */
const versionOf = (name: string): string => {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new Error(`The package ${name} is not installed.`);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
};

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    jsx: "react-jsx",
    jsxImportSource: "hono/jsx",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ["runtime"],
};

const readme = (slug: string, title: string): string => `# ${title}

A small web app over its own SQLite file. It needs Node.js 20 or newer with its npm, and nothing else:

    npm ci          (or npm install, where there is no package-lock.json)
    npm start

Then open http://127.0.0.1:3000/. Set PORT to change the port. It answers this machine only; to let others in, set HOST (0.0.0.0: every
network) together with APP_PASSWORD, which browsers then ask for.
\`npm test\` checks the types, and that every page, export and answer works with your \`schema.json\`.

- \`data/app.sqlite\` holds the data; delete it to begin with empty tables. A backup while the app runs:
  \`sqlite3 data/app.sqlite "VACUUM INTO 'backup.sqlite'"\`. Copying the file is safe only while the app is stopped.
- \`schema.json\` is how you change the app: titles, labels, choices, what is searched, filtered and computed, and the rules. Change it, run
  \`npm test\`, start again. A new table is made at the next start; a new column also needs its
  \`ALTER TABLE … ADD COLUMN\` in the database.
- \`runtime/\` is the app itself: TypeScript that runs as it is, without a build.
- \`/api/db/<table>\` is the data as JSON: GET with \`q\`, \`sort\`, \`order\`, \`limit\`, \`offset\` and \`column=value\` (also
  \`column_gt\`, \`_gte\`, \`_lt\`, \`_lte\`, \`_ne\`), POST; \`/api/db/<table>/<id>\`: GET, PUT, DELETE.
  Rows of a CSV file: \`curl -H "Content-Type: text/csv" --data-binary @rows.csv http://127.0.0.1:3000/api/db/<table>/import\`, all or none;
  with \`?wrong=leave-out\` those that fit, with \`?key=<column>\` those that are there are changed. All of it: \`/api/openapi.json\`.
  With curl: \`curl http://127.0.0.1:3000/api/db/<table>?limit=5\`

Made with Milepost as “${slug}”. It depends on nothing of Milepost's.
`;
