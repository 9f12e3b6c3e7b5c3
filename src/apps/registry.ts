import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#core/errors.ts";
import { type AppRecord, readRecord, writeRecord } from "./app-record.ts";
import { copyRows, sumsOf, type TableSum } from "./copy-rows.ts";
import { damagedApp } from "./damaged.ts";
import { hasRows } from "./has-rows.ts";
import { createHeldApps } from "./held-apps.ts";
import { ontoDisk } from "./onto-disk.ts";
import type { AppPlace } from "./place.ts";
import { bringBackApp, putAway, type RemovedApp, removedApps } from "./removed-apps.ts";
import { createIndexes, createTables } from "./runtime/database.ts";
import type { AppDatabase, Dialect } from "./runtime/dialect.ts";
import { type AppSchema, appSchema } from "./runtime/schema.ts";
import { openDatabase, type SqliteApp, sqlite } from "./runtime/sqlite.ts";
import { copiesIn, copyAt, type SafetyCopy, takeCopy, takeCopyOver } from "./safety-copy.ts";
import { type Outline, outlineIn, saveSchemaFile } from "./schema-file.ts";
import { withoutForeignKeys } from "./without-foreign-keys.ts";

/** A generated app that is open. Do not keep it: ask the registry anew for each request. */
export interface OpenApp extends AppRecord {
  slug: string;
  db: AppDatabase;
  at: AppPlace;
}

interface SqliteOpen extends OpenApp {
  db: SqliteApp;
}

/** How an app's tables change from one plan to the next. */
export interface Migration {
  from: AppSchema;
  to: AppSchema;
  /** Changes the tables. It runs inside a transaction, before whose commit references are checked. `copy`: as what SQL knows the copy, if any. */
  apply(db: AppDatabase, copy: string | null): void;
  /** The label of the copy that `apply` is to look into. */
  copy?: string;
}

/** Which generated apps exist. Each has a folder, an SQLite file and a connection of its own; slugs never become paths unchecked. */
export interface AppRegistry {
  /** How the tables of all of them are made. */
  dialect: Dialect;
  /** Before a question is asked in a process that answers people. Throws AppError("unreachable") where it would have to wait. */
  awake(): Promise<void>;
  /**
   * A page of apps by their address, those after one of them, each as `of` sees it; none is open afterwards that was not before. `damaged`:
   * a sentence for each of the page that cannot be read.
   */
  list<T>(
    page: { after?: string; limit: number },
    of: (app: OpenApp) => T,
  ): { rows: T[]; damaged: string[]; next: string | null };
  /** All apps by their address, without opening any. */
  titles(): (Outline & { slug: string })[];
  /** Null when there is no such app. */
  find(slug: string): OpenApp | null;
  /** Throws AppError("not-found"). */
  open(slug: string): OpenApp;
  /**
   * Makes an app with empty tables, all or nothing. `madeBy` is the run that makes it: asked again by the same run it gives back what is
   * there; an app that somebody else made is never touched. Throws AppError("conflict").
   */
  create(schema: AppSchema, madeBy: string): OpenApp;
  /** Changes the tables and the kept schema in one commit. Throws AppError("conflict") when the app is no longer as `from` says. */
  migrate(slug: string, migration: Migration): OpenApp;
  /** Keeps a copy of the data as they are now under a label (a run's id). Does nothing when that label has one already. */
  keepCopy(slug: string, label: string): void;
  /** Removes an app with its data, which are kept for 30 days where there are any. With `madeBy`, only when that run made it. False when there was nothing to remove. */
  remove(slug: string, madeBy?: string): boolean;
  /** Apps that were removed and can be brought back, the newest first. */
  removed(): RemovedApp[];
  /** Throws AppError("not-found"), or "conflict" where another app has its address. */
  bringBack(slug: string): OpenApp;
  /**
   * Takes over an app from elsewhere under its own address, with all its rows and their history, all or nothing; what is in it is read back and
   * compared. One that was taken over already is left as it is. Throws AppError("conflict") where another app has the address.
   */
  take(app: OpenApp): { app: OpenApp; sums: TableSum[] };
  /** The copies of an app's data that are kept, each open only while it is looked at. */
  copies(slug: string): Iterable<SafetyCopy>;
  /** Keeps a copy that was taken elsewhere; nothing when that label has one already. */
  takeCopy(slug: string, copy: SafetyCopy): void;
  /** Gives up for good what was removed longer ago than it is kept, as far as no cleaning of files does it. */
  forgetRemoved(): void;
  close(): void;
}

/** As what a copy is attached. */
const copyName = "copy";

/** The apps in `folder`, which is made when it is not there. `now` is milliseconds since 1970. */
export const createAppRegistry = ({ folder, now }: { folder: string; now(): number }): AppRegistry => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const held = createHeldApps(now);
  const pathOf = (slug: string) => join(folder, slugOf(slug));

  const find = (slug: string): SqliteOpen | null => {
    if (!isSlug(slug)) return null;
    const file = join(pathOf(slug), "app.sqlite");
    const inode = statSync(file, { throwIfNoEntry: false })?.ino;
    // Another process may have removed, replaced or migrated the app since.
    if (inode === undefined) {
      held.letGo(slug);
      return null;
    }
    const one = held.use(slug, file, inode);
    const version = one.db.pragma("schema_version", { simple: true });
    if (one.version !== version) {
      Object.assign(one, { version, record: readRecord(one.db) });
      saveSchemaFile(pathOf(slug), one.record.schema);
    }
    return { slug, db: one.db, at: { file }, ...one.record };
  };

  const open = (slug: string): SqliteOpen => {
    const app = find(slug);
    if (app === null) throw new AppError("not-found", `There is no app “${slug}”.`);
    return app;
  };

  const glance = <T>(slug: string, of: (app: OpenApp) => T): T | null => {
    const wasOpen = held.has(slug);
    const app = find(slug);
    if (app === null) return null;
    try {
      return of(app);
    } finally {
      if (!wasOpen) held.letGo(slug);
    }
  };

  const slugs = (): string[] => readdirSync(folder).filter(isSlug).sort();

  const create = (schema: AppSchema, madeBy: string): OpenApp => {
    const there = find(schema.app);
    if (there !== null && there.madeBy === madeBy) return there;
    if (existsSync(pathOf(schema.app)))
      throw new AppError(
        "conflict",
        `There is an app “${schema.app}” already. Choose another address for this one.`,
      );
    // Under its real name only when complete; no slug begins with a full stop.
    const part = join(folder, `.${slugOf(schema.app)}.part`);
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { mode: 0o700 });
    const db = openDatabase(join(part, "app.sqlite"));
    try {
      createTables(db, schema);
      writeRecord(db, { schema, madeBy, createdAt: now() });
    } finally {
      db.close();
    }
    saveSchemaFile(part, schema);
    renameSync(part, pathOf(schema.app));
    ontoDisk(folder);
    return open(schema.app);
  };

  return {
    dialect: sqlite,
    find,
    open,
    list: ({ after = "", limit }, of) => {
      const rest = slugs().filter((slug) => slug > after);
      const damaged: string[] = [];
      const rows = rest.slice(0, limit).map((slug) => {
        try {
          return glance(slug, of);
        } catch (thrown) {
          const error = damagedApp(join(pathOf(slug), "app.sqlite"), thrown);
          if (!(error instanceof AppError)) throw error;
          damaged.push(error.message);
          return null;
        }
      });
      return {
        rows: rows.filter((row) => row !== null),
        damaged,
        next: rest.length > limit ? (rest[limit - 1] ?? null) : null,
      };
    },
    titles: () =>
      slugs().map((slug) => ({ slug, ...(outlineIn(pathOf(slug)) ?? { title: slug, tables: [] }) })),
    create,
    migrate: (slug, { from, to, apply, copy }) => {
      const { db, schema, madeBy, createdAt } = open(slug);
      if (to.app !== slug) throw new AppError("bad-input", "An app keeps its address when it changes.");
      if (JSON.stringify(schema) !== JSON.stringify(from))
        throw new AppError("conflict", `“${schema.title}” was changed meanwhile.`, {
          wayOn: { back: "plan", why: "to plan this change once more" },
        });
      // Nothing can be attached inside of a transaction.
      if (copy !== undefined) db.prepare(`ATTACH ? AS ${copyName}`).run(copyAt(pathOf(slug), copy));
      try {
        withoutForeignKeys(db, () => {
          apply(db, copy === undefined ? null : copyName);
          writeRecord(db, { schema: to, madeBy, createdAt });
        });
      } finally {
        if (copy !== undefined) db.exec(`DETACH ${copyName}`);
      }
      return open(slug);
    },
    keepCopy: (slug, label) => takeCopy(open(slug).db, pathOf(slug), label),
    remove: (slug, madeBy) => {
      const app = find(slug);
      if (app === null || (madeBy !== undefined && app.madeBy !== madeBy)) return false;
      const isEmpty = !hasRows(app);
      held.letGo(slug);
      const away = putAway(folder, slugOf(slug), now());
      if (isEmpty) rmSync(away, { recursive: true, force: true });
      return true;
    },
    removed: () => removedApps(folder),
    bringBack: (slug) => {
      bringBackApp(folder, slug);
      return open(slug);
    },
    take: (from) => {
      const app = create(from.schema, from.madeBy);
      if (hasRows(app)) return { app, sums: sumsOf(app.db, app.schema) };
      const db = app.db as SqliteApp;
      const sums = withoutForeignKeys(db, () => {
        const copied = copyRows(from.db, db, from.schema);
        createIndexes(db, from.schema);
        writeRecord(db, { schema: from.schema, madeBy: from.madeBy, createdAt: from.createdAt });
        return copied;
      });
      return { app: open(from.slug), sums };
    },
    copies: (slug) => copiesIn(pathOf(slug)),
    takeCopy: (slug, copy) => takeCopyOver(pathOf(slug), copy),
    // Their folders are files that a cleaning finds.
    forgetRemoved: () => {},
    awake: async () => {},
    close: held.close,
  };
};

const isSlug = (name: string): boolean => appSchema.shape.app.safeParse(name).success;

const slugOf = (slug: string): string => appSchema.shape.app.parse(slug);
