import { spawnSync } from "node:child_process";
import { chownSync, cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { milepost, root, started, testFolder } from "./milepost.ts";
import { token } from "./token.ts";

const parts = ["bin", "src", "views", "static", "drizzle", "package.json", "tsconfig.json"];

/** A copy of Milepost that can be changed. */
const copy = (): string => {
  const folder = testFolder();
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
};

const bundlesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /^[0-9a-f]{20}$/.test(name));

test("a source that was changed is what runs next, one that was not is not built again, and old bundles go unless a server may still run from them", async () => {
  const folder = copy();
  const says = async () => (await milepost(["version"], {}, join(folder, "bin/milepost"))).out;
  const bundles = join(folder, ".bundle");
  const hourAgo = Date.now() / 1_000 - 3_600;
  const inUse = ["5", "6", "7", "8"];
  for (const name of ["1", "2", ...inUse]) {
    mkdirSync(join(bundles, name), { recursive: true });
    const usedAt = inUse.includes(name) ? hourAgo : Number(name);
    utimesSync(join(bundles, name), usedAt, usedAt);
  }
  expect(await says()).toMatch(/^\d+\.\d+\.\d+\n$/);
  const first = bundlesIn(bundles);
  // Sources that have lain there for a while are known by their stamps from now on.
  const there = readdirSync(bundles).filter((name) => !name.endsWith(".stamps"));
  expect(there.sort()).toEqual([...first, ...inUse].sort());
  await says();
  expect(bundlesIn(bundles)).toEqual(first);
  writeFileSync(join(folder, "src/main/version.ts"), 'export const version = "another one";\n');
  expect(await says()).toBe("another one\n");
  // Sources are kept in one byte a character, and mean what they meant.
  const signs = 'export const version = [/^[“…]+$/u.test("“…"), String.raw`”\\n`, `é“`].join(" ");\n';
  writeFileSync(join(folder, "src/main/version.ts"), signs);
  expect(await says()).toBe("true ”\\n é“\n");
  expect(bundlesIn(bundles)).toHaveLength(3);
});

test("where the program may only be read its bundle lies with the data, and a source with a fault does not keep the rest from starting", async () => {
  const folder = copy();
  const data = testFolder();
  // As root one may write everywhere, but into no file as if it were a folder.
  writeFileSync(join(folder, ".bundle"), "");
  const env = { MILEPOST_DATA: data, MILEPOST_API_TOKEN: token };
  const serve = [join(folder, "bin/milepost"), "serve"];
  const server = await started(env, serve);
  expect(bundlesIn(join(data, "bundle"))).toHaveLength(1);
  await server.end("SIGTERM");
  // What is typed beside it runs from there too, for whoever it belongs to.
  const check = () =>
    spawnSync(process.execPath, [join(folder, "bin/milepost"), "check"], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  expect(check()).toMatchObject({ status: 0, stderr: "" });
  chownSync(join(data, "bundle"), 65_534, 65_534);
  expect(check().stderr).toContain("starts from its sources");
  chownSync(join(data, "bundle"), 0, 0);

  writeFileSync(join(folder, "src/workflows/crawl-site/workflow.ts"), "export default (");
  const faulty = await started(env, serve);
  expect(faulty.said()).toContain("starts from its sources");
  const offered = await fetch(new URL("/api/workflows", faulty.link), {
    headers: { authorization: `Bearer ${token}` },
  });
  const ids = JSON.stringify(await offered.json());
  expect([ids.includes("botify-export"), ids.includes("crawl-site")]).toEqual([true, false]);
});
