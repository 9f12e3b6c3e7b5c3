import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";

/** What stands in the folder at a moment. */
export interface Listing {
  /** Every file and folder by its path, with what changes when it is written. */
  signatures: ReadonlyMap<string, string>;
  /** The files that are workflows: those right in the folder. */
  workflows: readonly string[];
  /** The folder and those below it, absolute. */
  folders: readonly string[];
  /** Why nothing of it is read. */
  fault: string | null;
}

/** More is no folder of workflows, but perhaps a home. */
const mostEntries = 5_000;

/**
 * Looks at the folder without reading any file. Like sshd with its keys, nothing is read that others may write: whoever writes there may
 * do all that Milepost may. Null: there is no such folder.
 */
export const list = (folder: string, uid: number | undefined): Listing | null => {
  const itself = lstatSync(folder, { throwIfNoEntry: false });
  if (itself === undefined) return null;
  if (!itself.isDirectory()) return refused(`${folder} is no folder.`);
  const signatures = new Map<string, string>([["", signatureOf(itself)]]);
  const workflows: string[] = [];
  const folders = [folder];
  let fault = distrust(folder, itself, uid);
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules" || fault !== null) continue;
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      const stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stats === undefined) continue;
      signatures.set(path, signatureOf(stats));
      if (signatures.size > mostEntries) fault = `${folder} has more than ${mostEntries} files and folders.`;
      else if (stats.isDirectory() || stats.isFile()) fault = distrust(join(folder, path), stats, uid);
      if (stats.isDirectory()) {
        folders.push(join(folder, path));
        walk(path);
      } else if (below === "" && isWorkflow(entry.name)) workflows.push(path);
    }
  };
  if (fault === null) walk("");
  return fault === null
    ? { signatures, workflows: workflows.sort(), folders, fault }
    : refused(fault, signatures);
};

const refused = (fault: string, signatures: Listing["signatures"] = new Map()): Listing => ({
  signatures,
  workflows: [],
  folders: [],
  fault,
});

/** Declarations and tests are not; what several share lies in a folder below. */
const isWorkflow = (name: string): boolean =>
  /\.(ts|mts|sh)$/.test(name) && !/\.(d|test|spec|config)\.m?ts$/.test(name);

const signatureOf = ({ mtimeMs, ctimeMs, size, ino, mode }: Stats): string =>
  [mtimeMs, ctimeMs, size, ino, mode].join();

/** Windows has neither owners in numbers nor these bits. */
const distrust = (path: string, { mode, uid: owner }: Stats, uid: number | undefined): string | null => {
  if (uid === undefined) return null;
  if (owner !== uid && owner !== 0)
    return `${path} belongs to somebody else (user ${owner}) than Milepost runs as (user ${uid}). Nothing is read from it: give it to that user with “chown -R”.`;
  if ((mode & 0o022) === 0) return null;
  const who = (mode & 0o002) === 0 ? "its group" : "everybody";
  return `${path} can be written by ${who}, and whoever writes there may do all that Milepost may. Nothing is read from it until “chmod -R go-w” has taken that away.`;
};
