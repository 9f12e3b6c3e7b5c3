import { AppError } from "#core/errors.ts";
import { decoded, encoded, quote } from "./quote.ts";

/** By what a command is known on its machine, long after we may have forgotten it. */
export interface Tag {
  /** Whose it is: "run/step"; null when no run asked for it. */
  step: string | null;
  /** Its own, hex. */
  nonce: string;
  /** How long it was allowed to take when it began. */
  limitS: number;
}

/** What stands in the list of processes in front of a command's process id. */
export const tagText = ({ step, nonce, limitS }: Tag): string =>
  `milepost:${step === null ? "-/-" : step.replace(/[^\w./-]/g, "_")}:${nonce}:${limitS}:`;

/**
 * The shell text that runs `command` so that its own output can be told from what rc files print, and it can be found and ended, by us
 * or by whoever starts after us. Before anything else it writes `marker` and its process id on both outputs. In the list of processes
 * it is the one whose arguments hold its tag with its own process id and its beginning, by the clock there: what it forks has the same
 * arguments and another id. What it starts has `MILEPOST_COMMAND` in its environment. sshd starts a session with a process group of its
 * own (setsid in OpenSSH's session.c), and `exec` keeps the id, so the id is the group's as well. Works from any POSIX login shell, fish
 * and csh.
 */
export const runScript = (
  command: string,
  marker: string,
  tag: Tag,
  env: Readonly<Record<string, string>>,
): string => {
  const exports = Object.entries({ ...env, MILEPOST_COMMAND: tag.nonce }).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new AppError("bad-input", `“${name}” cannot be the name of an environment variable.`);
    return `${name}=${quote(value)}; export ${name}; `;
  });
  const script = `echo "${marker}$$"; echo "${marker}$$" >&2; ${exports.join("")}eval "$1"`;
  // Its own name is what a shell begins its complaints with, so the tag is not that.
  const begin = `exec sh -c ${decoded("$1")} sh ${decoded("$2")} "$0$$@$(date +%s)"`;
  return `exec sh -c ${quote(begin)} ${quote(tagText(tag))} ${encoded(script)} ${encoded(command)}`;
};
