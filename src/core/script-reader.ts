/** What reads a script, by its first line. */
export interface Reader {
  program: string;
  /** Its words, behind which the text of the script goes. */
  words: readonly string[];
  isShell: boolean;
}

const shell = /^(?:.*\/)?(?:sh|bash|dash|ash|ksh|zsh)$/;
const byC = /^(?:.*\/)?python(?:[23](?:\.\d+)?)?$/;
const byE = /^(?:.*\/)?(?:perl|ruby|node)$/;
const option = /^-[A-Za-z]+$/;

/** Null: it names nothing that is known to read its text as a word. A script without such a line is for `sh`. */
export const readerOf = (text: string): Reader | null => {
  const [first = ""] = text.split("\n", 1);
  if (!first.startsWith("#!")) return { program: "sh", words: ["sh", "-c"], isShell: true };
  const words = first.slice(2).trim().split(/\s+/);
  const [program = "", ...given] = /(?:^|\/)env$/.test(words[0] ?? "")
    ? words.slice(words[1] === "-S" ? 2 : 1)
    : words;
  const isShell = shell.test(program);
  const by = isShell || byC.test(program) ? "-c" : byE.test(program) ? "-e" : null;
  if (by === null || !given.every((one) => option.test(one))) return null;
  return { program, words: [program, ...given, by], isShell };
};

/** For people, of one that nothing is known to read, or that no command can be handed; null where that is not so. */
export const unreadable = (text: string): string | null => {
  if (text.includes("\0")) return "It holds a NUL character; remove it.";
  return readerOf(text) === null
    ? `Its first line says “${text.split("\n", 1)[0]?.slice(0, 80)}”: Milepost runs scripts for sh, bash, dash, ash, ksh, zsh, Python, Perl, Ruby and Node.`
    : null;
};
