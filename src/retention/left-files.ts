import type { Stats } from "node:fs";
import { lstat, opendir, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { keptApp } from "#core/kept-app.ts";
import type { Store } from "#core/store.ts";

/** Where files lie that rows refer to, or that belong to a run. */
export interface FileFolders {
  exports: string;
  /** A folder for each run. */
  logs: string;
  /** What is half made or half removed has a name that begins with a full stop. */
  apps: string;
}

export interface LeftFile {
  path: string;
  bytes: number;
}

/** What is younger may belong to something that is only just being written down. */
const dayMs = 24 * 3_600_000;
const leastAgeMs = 7 * dayMs;
const pathsPerRead = 100;

/** Files that nothing refers to any more, and that nobody has touched for a week; apps that were removed a month ago. */
export async function* leftFiles(
  { exports, logs, apps }: FileFolders,
  store: Pick<Store, "version"> & { removal: Pick<Store["removal"], "exportFiles"> },
  now: number,
): AsyncGenerator<LeftFile, void> {
  const referred = await referredFiles(store.removal, exports);
  const isOld = ({ mtimeMs }: { mtimeMs: number }) => now - mtimeMs > leastAgeMs;
  const lefts = async function* (folder: string): AsyncGenerator<LeftFile, void> {
    for await (const { path, stats } of filesBelow(folder))
      if (isOld(stats) && !referred.has(path)) yield { path, bytes: stats.size };
  };
  yield* lefts(exports);
  for await (const name of namesIn(logs))
    if ((await store.version(name)) === null) yield* lefts(join(logs, name));
  for await (const name of namesIn(apps))
    if (/^\..+\.(part|removed)$/.test(name)) yield* lefts(join(apps, name));
    else if (now - (keptApp.read(name)?.removedAt ?? now) > keptApp.days * dayMs)
      for await (const { path, stats } of filesBelow(join(apps, name))) yield { path, bytes: stats.size };
}

/** Removes a file, and the folders that are empty without it. */
export const removeFile = async (path: string, folders: FileFolders): Promise<void> => {
  await unlink(path);
  const ends = [folders.exports, folders.logs, folders.apps];
  for (
    let folder = dirname(path);
    !ends.includes(folder) && folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    const isGone = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
};

const referredFiles = async (
  removal: Pick<Store["removal"], "exportFiles">,
  folder: string,
): Promise<ReadonlySet<string>> => {
  const referred = new Set<string>();
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof removal.exportFiles>> = await removal.exportFiles(
      after,
      pathsPerRead,
    );
    for (const path of page.paths) referred.add(join(folder, path));
    after = page.next;
  }
  return referred;
};

async function* namesIn(folder: string): AsyncGenerator<string, void> {
  for await (const { name } of await opened(folder)) yield name;
}

/** Every file in a folder and in those below it; links are left alone. What goes meanwhile is left out. */
export async function* filesBelow(folder: string): AsyncGenerator<{ path: string; stats: Stats }, void> {
  for await (const entry of await opened(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) {
      const stats = await lstat(path).catch(() => null);
      if (stats !== null) yield { path, stats };
    }
  }
}

export const sizeBelow = async (folder: string): Promise<number> => {
  let bytes = 0;
  for await (const { stats } of filesBelow(folder)) bytes += stats.size;
  return bytes;
};

const opened = async (folder: string) => {
  try {
    return await opendir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return [];
    throw error;
  }
};
