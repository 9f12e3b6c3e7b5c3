import type { Actor } from "./actor.ts";

/** What people write of a script that they save. */
export interface ScriptText {
  name: string;
  about: string;
  /** For sh, or what its first line names. What differs from run to run comes in as variables, never as text. */
  script: string;
  /** What it asks, one a line, as `# ask:` has it in a script's file: `days number "Older than so many days" = 14`. */
  inputs: string;
  /** Run afterwards: it ended well where this ends with 0. Empty: nobody looks. */
  check: string;
  /** Takes back what the script did. Empty: nobody can. */
  undo: string;
  /** The user that it runs as, by sudo; empty: whoever the connection signs in as. */
  as: string;
  /** At most, on one server. */
  minutes: number;
}

/** A script as it was saved once. No version ever changes: runs go on with the one that they began with. */
export interface ScriptVersion extends ScriptText {
  /** The id of the workflow that it is: "script-rotate-logs". */
  id: string;
  /** 1 for the first. */
  n: number;
  savedAt: number;
  savedBy: string;
}

export interface ScriptTable {
  /** The newest version of each script that was not removed, by name. */
  offered(): Promise<ScriptVersion[]>;
  /** The newest first; also those of a removed script, as long as runs may name them. */
  versions(id: string): Promise<ScriptVersion[]>;
  version(id: string, n: number): Promise<ScriptVersion | null>;
  /** It is the one that is offered from now on. Throws AppError("conflict") where that version was saved already. */
  save(version: ScriptVersion): Promise<void>;
  /** Offered no more; its versions stay. */
  remove(id: string): Promise<void>;
}

/** Scripts that are saved under a name: each is a workflow. */
export interface SavedScripts {
  /** By name. */
  offered(): readonly ScriptVersion[];
  /** The newest first. Throws AppError("not-found"). */
  versions(id: string): Promise<readonly ScriptVersion[]>;
  /**
   * Saves a new script (`id` null), or a new version of one; `after` is the version that its author saw. What is as it was is no new version.
   * Throws AppError("bad-input") with the field, and AppError("conflict") where another one saved meanwhile.
   */
  save(id: string | null, text: ScriptText, after: number | null, by: Actor): Promise<ScriptVersion>;
  /** Throws AppError("not-found"). */
  remove(id: string, by: Actor): Promise<void>;
}

export const mostScripts = 200;
export const longestScriptName = 80;
/** Longer ones do not fit on the command line of a server. */
export const longestScript = 64 * 1024;

const prefix = "script-";

export const isSavedScript = (workflowId: string): boolean => workflowId.startsWith(prefix);

/** "script-rotate-logs" for “Rotate logs”; `nth` from 2 on where that is taken. */
export const scriptIdOf = (name: string, nth = 1): string => {
  const word = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  return `${prefix}${word === "" ? "untitled" : word}${nth === 1 ? "" : `-${nth}`}`;
};

/** The version of a workflow's code, as runs keep it: "script-rotate-logs@3". */
export const scriptCode = ({ id, n }: Pick<ScriptVersion, "id" | "n">): string => `${id}@${n}`;

/** Null where it is no saved script's. */
export const versionOfCode = (code: string | null): Pick<ScriptVersion, "id" | "n"> | null => {
  const [, id, n] = /^(script-[a-z0-9-]+)@([1-9]\d*)$/.exec(code ?? "") ?? [];
  return id === undefined ? null : { id, n: Number(n) };
};
