import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { lostCommits } from "#store/sqlite/lost-commits.ts";
import { freshFolder } from "../store/fresh-folder.ts";
import { buildDisk } from "./build-disk.ts";
import { afterPowerCut, type DiskRecord, type Keeps, readRecords } from "./disk-records.ts";

/** More than the writes after which a checkpoint comes, so that the power is cut in the middle of one too. */
const turns = 60;

/** Lets a program work on a disk that writes down what it was asked. */
const recordWork = (): DiskRecord[] => {
  const [folder, aside] = [freshFolder(), freshFolder()];
  const records = join(aside, "records");
  const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
  execFileSync(process.execPath, ["--import", "tsx", worker, folder, String(turns)], {
    env: { ...process.env, LD_PRELOAD: buildDisk(), DISK_WATCHED: folder, DISK_RECORDS: records },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return readRecords(records);
};

/** The same numbers each time. */
const chanceFrom = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const acknowledgedBy = (records: readonly DiskRecord[]): Map<string, number> => {
  const lines = records.filter(({ file }) => file === "acknowledged").map(({ data }) => data.toString());
  return new Map(
    lines.map((line) => {
      const { run, version } = JSON.parse(line) as { run: string; version: number };
      return [run, version];
    }),
  );
};

/** What is wrong with the database that the disk has after the power came back; null: nothing. */
const faultOf = (
  files: ReadonlyMap<string, Buffer>,
  acknowledged: ReadonlyMap<string, number>,
): string | null => {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  for (const name of ["m.sqlite", "m.sqlite-wal"])
    writeFileSync(join(folder, name), files.get(name) ?? Buffer.alloc(0));
  // What a power cut leaves is no damage, however it tears the last writes: a start would be refused over it.
  const told = lostCommits(join(folder, "m.sqlite"));
  if (told !== null) return `told as damaged from ${told.byte} on`;
  try {
    const client = new Database(join(folder, "m.sqlite"));
    try {
      client.pragma("synchronous = OFF");
      const found = client.pragma("integrity_check", { simple: true });
      if (found !== "ok") return `corrupt: ${found}`;
      if (acknowledged.size === 0) return null;
      const kept = client
        .prepare<
          [],
          { id: string; version: number; title: string; detail: string | null; event: string; n: number }
        >(
          `SELECT runs.id, version, runs.title, detail, data AS event, n FROM runs
           JOIN steps ON steps.run_id = runs.id AND steps.id = 'fetch'
           JOIN events ON events.run_id = runs.id AND n = last_event`,
        )
        .all();
      for (const [run, version] of acknowledged)
        if ((kept.find(({ id }) => id === run)?.version ?? 0) < version) return `lost: ${run} ${version}`;
      for (const { id, version, title, detail, event, n } of kept) {
        const says = `turn ${version}`;
        const whole = version === 1 || (title === says && detail === says && event.includes(`"${says} `));
        if (!whole || n !== version) return `torn: ${id} ${version} ${title} ${detail} ${n}`;
      }
      return null;
    } finally {
      client.close();
    }
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Cuts the power after so many records, evenly spread and just before and after syncs. */
const cutsOf = (records: readonly DiskRecord[], count: number): number[] =>
  Array.from({ length: count }, (_, n) => Math.floor(((n + 1) * records.length) / count));

const keeping: Record<string, (chance: () => number) => Keeps> = {
  "loses all of them": () => () => "none",
  "tears them": (chance) => () => (["all", "none", "some"] as const)[Math.floor(chance() * 3)] ?? "none",
};

test("a power cut at any moment takes back nothing that was acknowledged and leaves no change in part and nothing that is told as damaged, whatever the disk does with what was not synced", () => {
  const records = recordWork();
  const syncs = records.filter(({ kind }) => kind === "sync");
  // One for each turn at least, and those of a checkpoint of the database itself.
  expect(syncs.filter(({ file }) => file === "m.sqlite-wal").length).toBeGreaterThanOrEqual(turns);
  expect(syncs.filter(({ file }) => file === "m.sqlite").length).toBeGreaterThan(0);

  const faults: string[] = [];
  let cuts = 0;
  for (const [how, keepsOf] of Object.entries(keeping)) {
    const chance = chanceFrom(20_261_129);
    for (const cut of cutsOf(records, 120)) {
      const until = records.slice(0, cut);
      cuts++;
      const fault = faultOf(afterPowerCut(until, keepsOf(chance), chance), acknowledgedBy(until));
      if (fault !== null) faults.push(`${how} after ${cut}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  expect(cuts).toBe(240);

  // The proof can fail: a disk that ignores syncs loses what was acknowledged.
  const careless = records.filter(({ kind }) => kind !== "sync");
  const lost = cutsOf(careless, 10).filter((cut) => {
    const until = careless.slice(0, cut);
    return (
      faultOf(
        afterPowerCut(until, () => "none", chanceFrom(1)),
        acknowledgedBy(until),
      ) !== null
    );
  });
  expect(lost.length).toBeGreaterThan(5);
});
