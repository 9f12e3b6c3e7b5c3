import { getSystemErrorMessage } from "node:util";
import { AppError } from "#core/errors.ts";

/** What went wrong, for the person at the terminal: what the system only has a code for is said with its path and a remedy. */
export const wordsFor = (error: unknown): string => {
  if (error instanceof AppError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code = "", path, address, errno, syscall } = error as NodeJS.ErrnoException & { address?: string };
  const sentence =
    sentences[code] ?? Object.entries(ofDatabase).find(([start]) => code.startsWith(start))?.[1];
  if (sentence !== undefined) return sentence({ path: path ?? null, address: address ?? "" });
  if (syscall === undefined || errno === undefined) return error.message;
  return `The system could not use ${path ?? "what was named"} (${getSystemErrorMessage(errno)}). Name another place, or look what is wrong with that one.`;
};

interface Where {
  /** Not every call of the system says it. */
  path: string | null;
  address: string;
}

const sentences: Readonly<Record<string, (where: Where) => string>> = {
  EADDRINUSE: () =>
    "This port is taken by another program. Stop that one, or choose another with PORT=3001 npm start.",
  EADDRNOTAVAIL: ({ address }) =>
    `This machine has no address ${address}. Give one of its own as HOST, or 0.0.0.0 for all of them.`,
  ENOTFOUND: () => "The name in HOST means no address. Give an address of this machine, or leave HOST out.",
  EACCES: ({ path }) =>
    path === null
      ? "Milepost has no right to do this here. Ports below 1024 and what belongs to others need more rights."
      : `Milepost has no right to read or write ${path}. Give it to the user that Milepost runs as, or name another place.`,
  EPERM: ({ path }) => `The system does not let Milepost change ${path ?? "this"}. Name another place.`,
  ENOENT: ({ path }) => `There is no ${path ?? "such file"}. Look how it is written.`,
  EISDIR: ({ path }) => `${path ?? "What was named"} is a folder, and a file is needed. Name a file in it.`,
  ENOTDIR: ({ path }) => `On the way to ${path ?? "it"} stands a file where a folder is needed.`,
  EROFS: ({ path }) => `${path ?? "This"} lies on a disk that may only be read. Name another place.`,
  ENOSPC: () => "The disk is full. Free some space, then try again; nothing that was saved is lost.",
  ENAMETOOLONG: ({ path }) =>
    `The name ${path ?? "that was given"} is longer than the disk takes. Choose a shorter one.`,
};

/** By the beginnings of SQLite's codes. */
const ofDatabase: typeof sentences = {
  SQLITE_FULL: () => "The disk is full. Free some space, then try again; nothing that was saved is lost.",
  SQLITE_IOERR: () =>
    "A database could not be read or written to its end. Look whether the disk is full, or allows no files of this size, or fails.",
  SQLITE_READONLY: () => "A database lies where Milepost may not write. Give it the right to.",
  SQLITE_CANTOPEN: () =>
    "A database could not be opened. Look whether it and its folder are there, belong to the user that Milepost runs as, and may be written: on a disk that may only be read, none can be opened.",
  SQLITE_CORRUPT: () => "A database is damaged. milepost check tells which.",
  SQLITE_NOTADB: () => "A database is damaged. milepost check tells which.",
};
