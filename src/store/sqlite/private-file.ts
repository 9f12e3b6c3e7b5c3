import { closeSync, openSync } from "node:fs";

/**
 * Makes an empty file that only this user may read, unless it is there. It never opens one that is: closing it again would drop
 * every lock that this process holds on it (fcntl(2), "Record locks"), SQLite's own included.
 */
export const makePrivateFile = (file: string): void => {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
};
