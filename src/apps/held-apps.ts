import { type AppRecord, readRecord } from "./app-record.ts";
import { damagedApp } from "./damaged.ts";
import { openDatabase, type SqliteApp } from "./runtime/sqlite.ts";

/** An app's database while it is open. */
export interface Held {
  db: SqliteApp;
  inode: number;
  /** SQLite's own count of changes to the tables, by whatever process; null: not looked at yet. */
  version: unknown;
  record: AppRecord;
  usedAt: number;
}

/** So many stay open however long nobody uses them. */
const stay = 20;
/** Whoever asked for a database is through with it after so long. */
const idleMs = 60_000;

/** The databases of apps that are open, those that were used last at the end: an app keeps files and memory only while somebody uses it. */
export const createHeldApps = (now: () => number) => {
  const held = new Map<string, Held>();
  const letGo = (slug: string): void => {
    held.get(slug)?.db.close();
    held.delete(slug);
  };
  const letGoOfIdle = (): void => {
    for (const [slug, { usedAt }] of held) {
      if (held.size <= stay || now() - usedAt < idleMs) return;
      try {
        letGo(slug);
      } catch {
        // SQLite closes nothing in the middle of a query; it is tried again when another app is opened.
      }
    }
  };
  return {
    has: (slug: string): boolean => held.has(slug),
    /** The open database of this file, opened where it is not; one of another file under the same name is closed. */
    use: (slug: string, file: string, inode: number): Held => {
      if (held.get(slug)?.inode !== inode) letGo(slug);
      const one = held.get(slug) ?? hold(file, inode);
      held.delete(slug);
      held.set(slug, Object.assign(one, { usedAt: now() }));
      letGoOfIdle();
      return one;
    },
    letGo,
    close: () => {
      for (const slug of [...held.keys()]) letGo(slug);
    },
  };
};

const hold = (file: string, inode: number): Held => {
  const db = openSound(file);
  try {
    return { db, inode, version: null, record: readRecord(db), usedAt: 0 };
  } catch (error) {
    db.close();
    throw damagedApp(file, error);
  }
};

const openSound = (file: string): SqliteApp => {
  try {
    return openDatabase(file);
  } catch (error) {
    throw damagedApp(file, error);
  }
};
