import { createReadStream } from "node:fs";
import { mkdir, rm, stat, statfs } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";

/** Files in a folder of this machine. */
export const createDiskFiles = (folder: string): Files => {
  const root = resolve(folder);
  const pathOf = (name: string): string => {
    const path = resolve(root, name);
    if (name === "" || !path.startsWith(root + sep)) {
      throw new AppError("bad-input", "This is not the name of a saved file.");
    }
    return path;
  };
  return {
    place: async (name) => {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return path;
    },
    // It lies where it is to be.
    keep: async () => {},
    size: async (name) => {
      try {
        return (await stat(pathOf(name))).size;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw error;
      }
    },
    open: (name, start, end) => createReadStream(pathOf(name), { start, end, highWaterMark: 256 * 1024 }),
    remove: async (name) => rm(pathOf(name), { force: true, recursive: true }),
    freeBytes: async () => {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    pieces: null,
  };
};
