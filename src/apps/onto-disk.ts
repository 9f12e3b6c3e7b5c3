import { closeSync, fsyncSync, openSync } from "node:fs";

/** Returns only when a file's bytes, or a folder's list of names, would survive a power cut. */
export const ontoDisk = (path: string): void => {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
