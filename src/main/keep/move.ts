import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type MovedApp, moveApps } from "#apps/move-apps.ts";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import type { Config } from "#main/config.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { copyAll, differenceOf, isFresh, type Sum, sumsOf } from "#store/moving.ts";
import type { Plain } from "#store/plain.ts";
import { holdAlone } from "#store/sqlite/only-server.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { openPlain } from "#store/sqlite/plain.ts";
import { alone, aloneWith, lookingAtPostgres, noData, within } from "./alone.ts";
import { savedBefore } from "./before-upgrade.ts";
import { bringAppsIn } from "./bring-apps-in.ts";
import { besides } from "./check.ts";
import { crawlsInto, crawlsOutOf, type MovedCrawl } from "./crawls-elsewhere.ts";
import { assertNotMoved, putMark, readMark, removeMark } from "./moved-mark.ts";

export interface Moved {
  sums: readonly Sum[];
  /** Generated apps, with what their tables hold now. */
  apps: readonly MovedApp[];
  crawls: readonly MovedCrawl[];
  /** "3 saved files and 5 secrets": they stay in the data folder, and were looked at. */
  looked: string;
  /** A move that was cut off had come so far. */
  already: boolean;
}

const random = (n: number) => randomBytes(n);

/**
 * Moves the database of a data folder, which no server uses, into a fresh PostgreSQL, and proves that all of it is there; then no server starts on
 * the former one, which is set aside. Cut off at whatever moment, it can be done again. Throws AppError("conflict", "not-found", "store-busy").
 */
export const moveTo = async (
  at: DataFolder,
  url: string,
  config: Pick<Config, "key" | "files">,
): Promise<Moved & { aside: string }> => {
  if (!existsSync(at.database)) {
    assertNotMoved(at);
    throw noData(at);
  }
  await bringToRest(at.database, savedBefore(at, Date.now()));
  return alone(at, () =>
    within(openPlain(at.database, { looks: true }), (from) =>
      aloneWith(at, url, async (to) => {
        await assertSound(at, config, from);
        const { sums, already } = await to.together(() =>
          from.together(async () => {
            const isEmpty = await isFresh(to);
            const copied = isEmpty ? await copyAll(from, to) : await sumsAlreadyIn(from, to);
            putMark(at, { way: "to", postgres: to.called });
            return { sums: copied, already: !isEmpty };
          }),
        );
        const apps = await bringAppsIn(at, url);
        const crawls = await crawlsInto(at, url);
        const looked = await assertSound(at, config, to);
        return { sums, apps, crawls, looked, already, aside: setAside(at, "moved") };
      }),
    ),
  );
};

/**
 * The way back: what is in a PostgreSQL that no node uses becomes the database of a data folder that has none, proved as well. No server starts on
 * that PostgreSQL from then on. Throws as `moveTo` does.
 */
export const moveHere = async (
  at: DataFolder,
  url: string,
  config: Pick<Config, "key" | "files">,
): Promise<Moved> => {
  mkdirSync(at.folder, { recursive: true, mode: 0o700 });
  const held = holdAlone(at.database);
  const part = `${at.database}.part`;
  try {
    if (existsSync(at.database)) {
      if (readMark(at)?.way !== "from")
        throw new AppError("conflict", `${at.database} is there already. A move replaces nothing.`);
      if ((await lookingAtPostgres(url, (from) => from.leftFor())) === at.database) {
        const done = await within(openPlain(at.database, { looks: true }), async (to) => ({
          ...{
            sums: await sumsOf(to),
            apps: [],
            crawls: [],
            looked: await assertSound(at, config, to),
            already: true,
          },
        }));
        removeMark(at);
        return done;
      }
      setAside(at, "cut-off");
    }
    for (const end of ["", "-wal", "-shm", ".lock"]) rmSync(part + end, { force: true });
    await bringToRest(part);
    return await aloneWith(at, url, async (from) => {
      const moved = await within(openPlain(part, { looks: false }), async (to) => {
        await assertSound(at, config, from);
        const sums = await from.together(() => to.together(() => copyAll(from, to)));
        return { sums, looked: await assertSound(at, config, to), already: false };
      });
      const apps = await moveApps({ database: url }, { folder: at.apps }, Date.now);
      const crawls = await crawlsOutOf(url, at);
      ontoDisk(part);
      putMark(at, { way: "from", postgres: from.called });
      renameSync(part, at.database);
      rmSync(`${part}.lock`, { force: true });
      ontoDisk(at.folder);
      await from.leave(at.database);
      removeMark(at);
      return { ...moved, apps, crawls };
    });
  } finally {
    held.release();
  }
};

/** Its tables are up to date, and nobody holds a run in it. */
const bringToRest = async (file: string, saved?: string): Promise<void> => {
  const store = await openSqliteStore({
    ...{ file, now: Date.now, random },
    ...(saved === undefined ? {} : { savedBefore: saved }),
  });
  await store.releaseAll();
  await store.close();
};

/** What lies in the data folder fits a database: its files are there, and the key opens its secrets. */
const assertSound = async (
  at: DataFolder,
  config: Pick<Config, "key" | "files">,
  plain: Plain,
): Promise<string> => {
  const { faults, looked } = await besides(at, config, plain);
  if (faults.length === 0) return looked;
  throw new AppError(
    "conflict",
    `Nothing was moved, because not all is as it should be: ${faults.slice(0, 3).join(" ")} Put that right first; milepost check tells all of it.`,
  );
};

const sumsAlreadyIn = async (from: Plain, to: Plain): Promise<Sum[]> => {
  const sums = await sumsOf(to);
  if (differenceOf(await sumsOf(from), sums) === null) return sums;
  throw new AppError(
    "conflict",
    `There is a Milepost in ${to.called} already. What is moved needs a database of its own with nothing in it.`,
  );
};

const setAside = (at: DataFolder, name: string): string => {
  const aside = join(at.before, `${name}-${savedBefore(at, Date.now()).slice(at.before.length + 1)}`);
  mkdirSync(at.before, { recursive: true, mode: 0o700 });
  for (const end of ["", "-wal", "-shm"])
    if (existsSync(at.database + end)) renameSync(at.database + end, aside + end);
  ontoDisk(at.folder);
  return aside;
};
