import { AppError } from "#core/errors.ts";

/**
 * One word of a POSIX shell command line that the shell gives back exactly as `arg` (POSIX.1-2024, XCU 2.2.2: single quotes).
 * Every argument of a remote command goes through here. Throws AppError("bad-input") for what no argument can hold: NUL, which ends
 * it, and halves of surrogate pairs, which UTF-8 cannot write.
 */
export const quote = (arg: string): string => {
  if (arg.includes("\0"))
    throw new AppError("bad-input", "An argument of a remote command holds a NUL character; remove it.");
  if (!arg.isWellFormed())
    throw new AppError("bad-input", "An argument of a remote command holds a broken character; remove it.");
  return plain.test(arg) && !reserved.has(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
};

/**
 * `arg` as a word that every login shell hands on alike, for `decoded` to make it what it was: csh reads a line end and "!" between single
 * quotes, and fish two backslashes. Octal as in the escapes of printf's %b (POSIX.1-2024, printf).
 */
export const encoded = (arg: string): string =>
  quote(arg.replace(/[\\!\r\n]/g, (one) => `\\0${one.charCodeAt(0).toString(8).padStart(3, "0")}`));

/** What gives sh the text back that `encoded` wrote, but for line ends at its end. `word` is how sh names it: "$1". */
export const decoded = (word: string): string => `"$(printf %b "${word}")"`;

/** A command line of quoted words: `command(["mkdir", "-m", "700", dir])`. */
export const command = (words: readonly string[]): string => words.map(quote).join(" ");

/** Nothing here means anything to a shell, so that plans stay readable. `=` is left out: it would make the first word an assignment. */
const plain = /^[A-Za-z0-9_/.,:@%+-]+$/;

/** Words that a shell reads as syntax where a command begins. */
const reserved: ReadonlySet<string> = new Set([
  ...["if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in"],
  ...["function", "select", "time", "coproc", "end", "begin", "switch", "and", "or", "not"],
]);
