import { rmSync, statSync, truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { lostCommits } from "#store/sqlite/lost-commits.ts";
import { mendLog } from "#store/sqlite/mend-log.ts";
import { damageOf } from "#store/sqlite/soundness.ts";
import { flip, leftLog, savedIn, upTo } from "./left-log.ts";

const frame = 4_096 + 24;
const frameAt = (index: number) => 32 + index * frame;
const sizeOf = (file: string) => statSync(`${file}-wal`).size;
const withoutIndex = (file: string) => {
  rmSync(`${file}-shm`);
  return file;
};

test("what a kill, a log begun anew, one that was copied, and a transaction that was taken back leave is no loss", () => {
  const { client, save, killed } = leftLog();
  const sound = () => {
    for (const file of [killed(), withoutIndex(killed())]) expect(lostCommits(file)).toBeNull();
  };
  save(...upTo(20));
  sound();
  client.pragma("wal_checkpoint(PASSIVE)");
  sound();
  // From the start of the same file: what was there before stays behind it.
  save(21, 22, 23);
  sound();
  client.pragma("cache_size = 10");
  client.exec("BEGIN");
  save(...upTo(100));
  sound();
  client.exec("ROLLBACK");
  save(24);
  sound();
  client.pragma("wal_checkpoint(TRUNCATE)");
  sound();
});

test("a last commit that a power cut left in part is no loss: it was never acknowledged", () => {
  const { save, killed } = leftLog();
  save(...upTo(10));
  const file = withoutIndex(killed());
  flip(`${file}-wal`, sizeOf(file) - 10);
  expect(lostCommits(file)).toBeNull();
  const cut = withoutIndex(killed());
  truncateSync(`${cut}-wal`, sizeOf(cut) - 1_000);
  expect(lostCommits(cut)).toBeNull();
});

test.each([
  ["a page", 100, 1],
  ["a page number", 3, 1],
  ["salts", 8, 8],
  ["a checksum", 16, 8],
  ["a whole block", 0, 4_096],
])("commits behind one of which %s is damaged are told, as many as SQLite passes over", (_, at, length) => {
  const { save, killed } = leftLog();
  save(...upTo(30));
  for (const file of [killed(), withoutIndex(killed())]) {
    const all = Math.floor(sizeOf(file) / frame);
    const broken = Math.floor(all / 2);
    flip(`${file}-wal`, frameAt(broken) + at, length);
    const lost = lostCommits(file);
    expect(lost?.byte).toBe(frameAt(broken));
    const read = savedIn(file).length;
    expect(read).toBeLessThan(30);
    // The damaged frame may have been one that ends a commit, and not say so any more.
    expect([30 - read, 29 - read]).toContain(lost?.most);
  }
});

test("a log whose head is damaged, and with an index also one that was cut off, emptied or taken away, is told", () => {
  const { save, killed } = leftLog();
  save(...upTo(30));
  const damages: ((log: string) => void)[] = [
    (log) => flip(log, 20),
    (log) => flip(log, 0, 512),
    (log) => truncateSync(log, frameAt(20)),
    (log) => truncateSync(log, frameAt(20) + 777),
    (log) => truncateSync(log, 0),
    (log) => rmSync(log),
  ];
  for (const damage of damages) {
    const file = killed();
    damage(`${file}-wal`);
    const lost = lostCommits(file);
    expect(lost?.most ?? 0).toBeGreaterThanOrEqual(30 - [...(lost?.whole === 0 ? [] : savedIn(file))].length);
  }
});

test("a damaged page that the database has too, by its checksum, or that is replaced later, is put together again and nothing is lost", () => {
  const { client, save, killed } = leftLog();
  save(...upTo(10));
  client.pragma("wal_checkpoint(PASSIVE)");
  // Into the log from its start; the page that is changed each time is in most of the commits.
  for (let n = 0; n < 20; n++) client.prepare("UPDATE saved SET n = n WHERE n = 1").run();
  for (const file of [killed(), withoutIndex(killed())]) {
    flip(`${file}-wal`, frameAt(7) + 1_000);
    expect(lostCommits(file)).not.toBeNull();
    expect(mendLog(file)).toBe("all");
    expect(lostCommits(file)).toBeNull();
    expect(savedIn(file)).toEqual(upTo(10));
  }
  // SQLite would replay the start of such a log over newer pages.
  client.pragma("wal_checkpoint(TRUNCATE)");
  save(...upTo(40).slice(10));
  const reader = killed();
  client.pragma("wal_checkpoint(PASSIVE)");
  const copied = killed();
  flip(`${copied}-wal`, frameAt(30) + 1_000);
  expect(lostCommits(copied)).not.toBeNull();
  expect(mendLog(copied)).toBe("all");
  expect(damageOf(copied, "wholly")).toEqual([]);
  expect(savedIn(copied)).toEqual(savedIn(reader));
});

test("where the damaged page is nowhere else, the data are as they were before the first commit that is lost", () => {
  const { save, killed } = leftLog();
  save(...upTo(30));
  const file = killed();
  // Of a row's own page, which comes once.
  flip(`${file}-wal`, frameAt(Math.floor(sizeOf(file) / frame / 2)), 4_096);
  const lost = lostCommits(file);
  expect(mendLog(file)).toBe("without");
  expect(lostCommits(file)).toBeNull();
  const read = savedIn(file);
  expect(read).toEqual(upTo(read.length));
  expect(read.length).toBeLessThan(30);
  expect(read.length).toBeGreaterThanOrEqual(30 - (lost?.most ?? 0) - 1);
  expect(damageOf(file, "wholly")).toEqual([]);
});
