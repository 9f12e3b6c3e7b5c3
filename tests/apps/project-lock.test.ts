import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { projectLock } from "#apps/project-lock.ts";

const file = new URL("../../package-lock.json", import.meta.url);
const ours = JSON.parse(readFileSync(file, "utf8")).packages as Record<string, { dependencies?: object }>;
const manifest = {
  ...{ name: "shop-app", version: "1.0.0" },
  dependencies: { hono: "4", "better-sqlite3": "13", tsx: "4" },
  ...{ optionalDependencies: {}, devDependencies: { typescript: "7" } },
};

test("the lock of a download has what its packages need, as it stands in ours, and nothing else", () => {
  const { packages } = JSON.parse(projectLock(file, manifest) ?? "") as { packages: typeof ours };
  const { "": own, ...rest } = packages;
  expect(own).toEqual(manifest);
  for (const [path, entry] of Object.entries(rest)) {
    expect(entry).toEqual(ours[path]);
    for (const name of Object.keys(entry.dependencies ?? {}))
      expect([name, Object.keys(rest).some((one) => one.endsWith(`node_modules/${name}`))]).toEqual([
        name,
        true,
      ]);
  }
  expect(Object.keys(rest)).toEqual(
    expect.arrayContaining(["node_modules/hono", "node_modules/esbuild", "node_modules/typescript"]),
  );
  expect(Object.keys(rest)).not.toContain("node_modules/pino");
});

test("where Milepost was installed without a lock there is none", () => {
  expect(projectLock(new URL("no-such-lock.json", file), manifest)).toBeNull();
});
