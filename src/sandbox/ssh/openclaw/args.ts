/** A command line, taken apart. */
export interface Args {
  words: readonly string[];
  /** The last value of an option, undefined when it was not given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  has(name: string): boolean;
  /** All of its standard input. */
  input(): string;
}

/** Options that take no value. */
const flags: ReadonlySet<string> = new Set([
  ...["json", "non-interactive", "force", "safe", "all", "probe", "strict-json", "merge", "dry-run", "stdin"],
  ...[
    "expect-current-absent",
    "delete",
    "use-env",
    "require-rpc",
    "lint",
    "fix",
    "accept-risk",
    "version",
    "check",
  ],
  ...["skip-health", "skip-daemon", "skip-channels", "skip-skills", "skip-search", "skip-ui", "skip-hooks"],
]);

const short: Readonly<Record<string, string>> = { t: "target", m: "message", V: "version" };

export const readArgs = (argv: readonly string[], input: () => string): Args => {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const add = (name: string, value: string) => options.set(name, [...(options.get(name) ?? []), value]);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    const match = /^(?:--([a-z][a-z-]*)|-([a-zA-Z]))(?:=(.*))?$/s.exec(word);
    const name = match?.[1] ?? short[match?.[2] ?? ""];
    if (name === undefined) words.push(word);
    else if (match?.[3] !== undefined) add(name, match[3]);
    else if (flags.has(name)) add(name, "");
    else add(name, argv[++i] ?? "");
  }
  return {
    words,
    value: (name) => options.get(name)?.at(-1),
    values: (name) => options.get(name) ?? [],
    has: (name) => options.has(name),
    input,
  };
};
