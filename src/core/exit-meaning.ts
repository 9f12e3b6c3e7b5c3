/** Signals by their numbers on Linux (signal(7)), with when they come. */
const signals = new Map<number, [name: string, when: string]>([
  [1, ["HUP", "as when its terminal or connection is closed"]],
  [2, ["INT", "as when somebody presses Ctrl-C"]],
  [3, ["QUIT", "as when somebody presses Ctrl-\\"]],
  [4, ["ILL", "as when it was built for another processor"]],
  [5, ["TRAP", "as when a check within it fails"]],
  [6, ["ABRT", "as when a program gives itself up"]],
  [7, ["BUS", "as when a file that it has open was cut"]],
  [8, ["FPE", "as when a number is divided by zero"]],
  [9, ["KILL", "as when memory runs out"]],
  [10, ["USR1", "as when another program tells it something it does not know"]],
  [11, ["SEGV", "as when a program has a fault"]],
  [12, ["USR2", "as when another program tells it something it does not know"]],
  [13, ["PIPE", "as when nobody reads what it writes any more"]],
  [14, ["ALRM", "as when a time is up that it set itself"]],
  [15, ["TERM", "as when the machine shuts down or somebody stops it"]],
  [24, ["XCPU", "as when its share of processor time is used up"]],
  [25, ["XFSZ", "as when a file grows beyond its limit"]],
  [31, ["SYS", "as when it asks the system for what it may not"]],
]);

/** Of coreutils' timeout and of POSIX shells (XCU 2.8.2). */
const codes = new Map([
  [124, "as when timeout(1) ends it"],
  [126, "as when a command may not be run"],
  [127, "as when a command is not found"],
]);

/**
 * What an exit code, or the signal that ended a command ("KILL", "SIGKILL"), means by convention, as words behind ": "; "" where they mean
 * nothing by themselves. A shell tells a signal as 128 and its number; that a program chose the code itself is possible, too.
 */
export const exitMeaning = ({ code, signal }: { code: number | null; signal: string | null }): string => {
  const named = signal?.replace(/^SIG/, "");
  const [name, when] =
    code === null
      ? ([...signals.values()].find(([one]) => one === named) ?? [])
      : (signals.get(code - 128) ?? []);
  if (name !== undefined) return `: killed (SIG${name}), ${when}`;
  const other = code === null ? undefined : codes.get(code);
  return other === undefined ? "" : `: ${other}`;
};
