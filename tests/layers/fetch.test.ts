import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** What our lint says of a file at this place of the house. */
const lint = (file: string, text: string): { passes: boolean; said: string } => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-lint-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = { ...JSON.parse(readFileSync("biome.json", "utf8")), vcs: { enabled: false } };
  writeFileSync(join(folder, "biome.json"), JSON.stringify(config));
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  const biome = resolve("node_modules/.bin/biome");
  const { status, stderr, stdout } = spawnSync(biome, ["lint", file], { cwd: folder, encoding: "utf8" });
  return { passes: status === 0, said: stdout + stderr };
};

test.each([
  ["src/workflows/one/a.ts", 'export const a = await fetch("http://a.example");'],
  ["src/connectors/one/a.ts", "export const get = (url: string, ask = fetch) => ask(url);"],
  ["views/a.tsx", 'export const a = () => fetch("http://a.example");'],
])("a bare fetch in %s is refused, with the way that is meant", (file, text) => {
  const { passes, said } = lint(file, text);
  expect(passes).toBe(false);
  expect(said).toContain("noRestrictedGlobals");
  expect(said).toContain("guarded-fetch.ts");
});

test("a test may fetch, and what only has the name may be called", () => {
  expect(lint("tests/a.ts", 'export const a = await fetch("http://a.example");')).toMatchObject({
    passes: true,
  });
  expect(lint("src/web/a.ts", "export const a = (app: { fetch(): void }) => app.fetch();")).toMatchObject({
    passes: true,
  });
});
