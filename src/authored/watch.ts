import { type FSWatcher, watch } from "node:fs";

/** Events of a file system double, differ by system and get lost: they only make it sooner. */
const lookEveryMs = 5_000;
/** Whoever saves several files has done so by then. */
const quietMs = 300;

export interface Watch {
  /** Which folders to hear of from now on; all others are let go. */
  folders(paths: readonly string[]): void;
  close(): void;
}

/** Calls this when something may have changed in one of the folders, and every few seconds. */
export const createWatch = (look: () => void): Watch => {
  const watchers = new Map<string, FSWatcher>();
  let soon: NodeJS.Timeout | undefined;
  const hear = () => {
    clearTimeout(soon);
    soon = setTimeout(look, quietMs);
  };
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return {
    folders: (paths) => {
      for (const path of watchers.keys()) if (!paths.includes(path)) forget(path);
      for (const path of paths) {
        if (watchers.has(path)) continue;
        try {
          const watcher = watch(path, hear);
          watcher.on("error", () => forget(path));
          watchers.set(path, watcher.unref());
        } catch {
          // It is gone again, or no more may be watched: looking does as well.
        }
      }
    },
    close: () => {
      clearInterval(timer);
      clearTimeout(soon);
      for (const path of [...watchers.keys()]) forget(path);
    },
  };
};
