import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

export interface LeftLog {
  file: string;
  log: string;
  client: Database.Database;
  /** One commit each. */
  save(...values: number[]): void;
  /** The files as a kill would leave them now, at another place. */
  killed(): string;
}

/** A database with a log as a server has it: commits each on the disk, of a few pages. */
export const leftLog = (): LeftLog => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-log-"));
  const file = join(folder, "live.sqlite");
  const client = new Database(file);
  onTestFinished(() => {
    client.close();
    rmSync(folder, { recursive: true });
  });
  client.pragma("journal_mode = WAL");
  client.pragma("synchronous = FULL");
  client.pragma("wal_autocheckpoint = 0");
  client.exec("CREATE TABLE saved (n, filling)");
  let copies = 0;
  return {
    file,
    log: `${file}-wal`,
    client,
    save: (...values) => {
      for (const n of values) client.prepare("INSERT INTO saved VALUES (?, ?)").run(n, "x".repeat(2_500));
    },
    killed: () => {
      const copy = join(folder, `killed-${++copies}.sqlite`);
      for (const end of ["", "-wal", "-shm"])
        if (existsSync(file + end)) copyFileSync(file + end, copy + end);
      return copy;
    },
  };
};

export const flip = (file: string, at: number, length = 1): void => {
  const bytes = readFileSync(file);
  for (let n = at; n < at + length; n++) bytes[n] = (bytes[n] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
};

export const savedIn = (file: string): number[] => {
  const client = new Database(file);
  try {
    return client.prepare("SELECT n FROM saved ORDER BY n").pluck().all().map(Number);
  } finally {
    client.close();
  }
};

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
