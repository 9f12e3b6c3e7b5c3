import { closeSync, lstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "#main/data-folder.ts";

export interface DataFile {
  /** Within the data folder: "exports/botify/urls.csv". */
  path: string;
  isDatabase: boolean;
  /** Its owner may run it. */
  isProgram: boolean;
}

/**
 * What belongs to a data folder, the main database first, also where a link puts it on another disk; what is of no kind that can be kept
 * (other links, sockets); and backups that were put there: each would hold all those before it.
 */
export const dataFiles = (at: DataFolder): { files: DataFile[]; leftOut: string[]; backups: string[] } => {
  const files: DataFile[] = [];
  const leftOut: string[] = [];
  const backups: string[] = [];
  const ours = [at.database, at.key, at.exports, at.logs, at.apps, at.workflowCode, at.sandbox];
  const look = (folder: string) => {
    for (const found of readdirSync(join(at.folder, folder), { withFileTypes: true })) {
      const path = folder === "" ? found.name : `${folder}/${found.name}`;
      if (isOfTheMoment(path)) continue;
      const full = join(at.folder, path);
      const entry = ours.includes(full) ? (statSync(full, { throwIfNoEntry: false }) ?? found) : found;
      if (entry.isDirectory()) look(path);
      else if (!entry.isFile()) leftOut.push(path);
      else if (isBackup(at, path)) backups.push(path);
      else files.push(describe(at, path));
    }
  };
  look("");
  const isMain = ({ path }: DataFile) => join(at.folder, path) === at.database;
  return { files: files.sort((one, other) => Number(isMain(other)) - Number(isMain(one))), leftOut, backups };
};

/** The databases' own side files, downloads that have not ended, what a server that runs has or makes anew, and earlier copies. */
const isOfTheMoment = (path: string): boolean =>
  /(\.sqlite(-wal|-shm|-journal|\.lock.*)|\.part)$/.test(path) ||
  ["address", "asked", "before", "bundle", "lost+found"].includes(path);

const describe = ({ folder }: DataFolder, path: string): DataFile => {
  const full = join(folder, path);
  return {
    path,
    isDatabase: path.endsWith(".sqlite") || startOf(full, 16) === "SQLite format 3\0",
    isProgram: (lstatSync(full).mode & 0o100) !== 0,
  };
};

/** A zip file whose first entry is the main database, as `backUp` writes it; what people saved and made is kept, whatever it is. */
const isBackup = ({ folder }: DataFolder, path: string): boolean =>
  !/^(exports|apps)\/|\.sqlite$/.test(path) &&
  /^PK.{28}milepost\.sqlite/s.test(startOf(join(folder, path), 45));

// Only files of no name of ours are opened: closing a file would drop the locks that this process holds on it.
const startOf = (file: string, bytes: number): string => {
  const handle = openSync(file, "r");
  try {
    const start = Buffer.alloc(bytes);
    readSync(handle, start, 0, bytes, 0);
    return start.toString("latin1");
  } finally {
    closeSync(handle);
  }
};
