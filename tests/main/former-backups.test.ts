import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { crawlsAt } from "#core/crawl.ts";
import { readReleases } from "#core/release.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { restore } from "#main/keep/restore.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { root } from "./milepost.ts";

// A backup of each version, made by that version while runs were under way: docs/contribute/contributing.md says how.
const folder = join(root, "tests/main/backups");
const versions = readdirSync(folder).map((name) => name.replace(/\.zip$/, ""));
const released = readReleases(readFileSync(join(root, "CHANGELOG.md"), "utf8"))
  .filter(({ date }) => date !== null)
  .map(({ version }) => version);

test("there is a backup of each version that was released", () => {
  expect(versions.sort()).toEqual(released.sort());
});

test.each(versions)(
  "a backup of %s is restored whole, and what was under way then can go on",
  async (version) => {
    const data = mkdtempSync(join(tmpdir(), "milepost-former-"));
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    const at = inDataFolder(join(data, "data"));
    const about = await restore(at, join(folder, `${version}.zip`), null);
    expect(about.version).toBe(version);
    expect(await check(at, { key: null, database: null, files: null })).toMatchObject({ faults: [] });

    // As a start of today's Milepost opens it, its changes of the tables included.
    const saved = join(data, "before.sqlite");
    const random = (n: number) => new Uint8Array(n);
    const store = await openSqliteStore({ file: at.database, now: Date.now, random, savedBefore: saved });
    onTestFinished(() => store.close());
    const { rows } = await store.runs({ limit: 50 });
    const states = rows.map(({ run }) => run.state).sort();
    expect(states).toEqual(["asking", "completed", "completed", "failed", "waiting"]);
    for (const { run, steps } of rows) {
      if (run.state === "asking") expect(steps.find(({ state }) => state === "asking")?.form).not.toBeNull();
      if (run.state === "waiting") expect(run.wakeAt).not.toBeNull();
      expect((await store.events(run.id, 0, 1_000)).length).toBe(run.lastEvent);
    }
    const [ready] = (await store.exports.list({ limit: 5, status: "ready" })).rows;
    expect(ready).toMatchObject({ connectionId: crawlsAt, rows: 408 });
    expect(await createDiskFiles(at.exports).size(ready?.filePath ?? "")).toBe(ready?.sizeBytes);
    expect(await check(at, { key: null, database: null, files: null })).toMatchObject({ faults: [] });
  },
);
