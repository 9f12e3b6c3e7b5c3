import { lstatSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "#core/errors.ts";

/**
 * Makes a folder that somebody named, and those above it that are missing; gives those that it made, the outermost first. Throws
 * AppError("bad-input") where there can be none, and what else the system says; nothing is left of it then.
 */
export const makeFolder = (folder: string, mode = 0o700): string[] => {
  const made: string[] = [];
  try {
    for (const one of missing(folder)) {
      makeOne(one, mode);
      made.push(one);
    }
    return made;
  } catch (error) {
    removeFolders(made);
    throw error;
  }
};

/** Takes away again what `makeFolder` made, as far as nothing is in it. */
export const removeFolders = (made: readonly string[]): void => {
  for (const folder of made.toReversed())
    try {
      rmdirSync(folder);
    } catch {
      // Somebody has put something there meanwhile.
    }
};

/** From the outermost to the folder itself. */
const missing = (folder: string): string[] =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? []
    : [...(dirname(folder) === folder ? [] : missing(dirname(folder))), folder];

// One by one: told to make all at once, Node tries for ever where a file system answers that it knows no such folder, as /proc does.
const makeOne = (folder: string, mode: number): void => {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new AppError("bad-input", `No folder can be made in ${dirname(folder)}. Name another place.`, {
        cause: error,
      });
    if (code !== "EEXIST") throw error;
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    throw new AppError(
      "bad-input",
      lstatSync(folder).isSymbolicLink()
        ? `${folder} is a link that leads to no folder. Correct the link, or name another place.`
        : `${folder} is a file, and a folder is needed there. Name another place.`,
      { cause: error },
    );
  }
};
