import { lstatSync, readdirSync, realpathSync, type Stats } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Fault } from "#core/authored.ts";

/** What stands in the folder at a moment. */
export interface Listing {
  /** Every file and folder by its path, with what changes when it is written. */
  signatures: ReadonlyMap<string, string>;
  /** The files that are workflows: those right in the folder. */
  workflows: readonly string[];
  /** Those of them that are no files here. */
  faults: readonly (Fault & { line: null })[];
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
  const faults: (Fault & { line: null })[] = [];
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
      } else if (below === "" && isWorkflow(entry.name)) {
        const sentence = stats.isFile() ? null : elsewhere(folder, path);
        if (sentence === null) workflows.push(path);
        else faults.push({ file: path, line: null, sentence });
      }
    }
  };
  if (fault === null) walk("");
  return fault === null
    ? { signatures, workflows: workflows.sort(), faults, folders, fault }
    : refused(fault, signatures);
};

const refused = (fault: string, signatures: Listing["signatures"] = new Map()): Listing => ({
  signatures,
  workflows: [],
  faults: [],
  folders: [],
  fault,
});

/** Why what is no file itself is not read: who may write where a link leads to is not known here. Null for a link within the folder. */
const elsewhere = (folder: string, path: string): string | null => {
  try {
    const target = relative(realpathSync(folder), realpathSync(join(folder, path)));
    if (!target.startsWith(`..${sep}`))
      return lstatSync(join(folder, target)).isFile() ? null : "It is no file.";
    return "It is a link to a place outside of the folder, which is not read: put the file itself here.";
  } catch {
    return "It is a link to what is not there.";
  }
};

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
