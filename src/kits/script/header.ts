import { readerOf } from "#core/script-reader.ts";

/** What a script says of itself in the comments that it begins with. */
export interface Header {
  title: string;
  about: string;
  asks: readonly Ask[];
  /** `asked`: a server is chosen in the form. */
  on: "here" | "asked" | { server: string };
  /** Shell text that ends with 0 where the script did what it was to do. */
  check: string | null;
  /** Shell text that takes back what the script did. It has to bear being run again, and where there is nothing to take back. */
  undo: string | null;
  /** Why it may be begun once more by itself where something ended it before it came to its end. */
  again: string | null;
  limitMs: number;
  /** What reads it: "sh". */
  shell: readonly string[];
}

export interface Ask {
  name: string;
  kind: "text" | "number" | "yes" | "choice" | "secret";
  label: string;
  options: readonly string[];
  preset: string | null;
}

/** What is wrong with it, and in which line, from 1. */
export class HeaderFault extends Error {
  override readonly name = "HeaderFault";
  readonly line: number;
  constructor(line: number, sentence: string) {
    super(sentence);
    this.line = line;
  }
}

const usualLimitMs = 3_600_000;
const longestMs = 24 * 3_600_000;

/** Reads the comments at the top of a script. Throws HeaderFault: what is not understood is refused, never passed over. */
export const readHeader = (text: string): Header => {
  const header: Header & { asks: Ask[] } = {
    title: "",
    about: "",
    asks: [],
    on: "here",
    check: null,
    undo: null,
    again: null,
    limitMs: usualLimitMs,
    shell: ["sh"],
  };
  for (const [index, line] of text.split("\n").entries()) {
    const at = index + 1;
    if (at === 1 && line.startsWith("#!")) header.shell = shellOf(line);
    else if (!line.startsWith("#")) break;
    else readLine(header, line, at);
  }
  if (header.title === "")
    throw new HeaderFault(
      1,
      "It does not say what it is called: begin it with a line “# milepost: Rotate logs”.",
    );
  return header;
};

const readLine = (header: Header & { asks: Ask[] }, line: string, at: number): void => {
  const [, word, rest = ""] = /^#\s*([a-z]+):\s*(.*)/s.exec(line.trimEnd()) ?? [];
  switch (word) {
    case undefined:
      return;
    case "milepost":
      header.title = rest;
      return;
    case "about":
      header.about = rest;
      return;
    case "ask": {
      const ask = askOf(rest, at);
      if (header.asks.some(({ name }) => name === ask.name) || ask.name === "server")
        throw new HeaderFault(at, `“${ask.name}” is asked already.`);
      header.asks.push(ask);
      return;
    }
    case "on":
      header.on = onOf(rest, at);
      return;
    case "check":
      header.check = rest;
      return;
    case "undo":
      header.undo = rest;
      return;
    case "again":
      header.again = rest;
      return;
    case "limit":
      header.limitMs = limitOf(rest, at);
      return;
    default:
      // A comment may have a colon; only before the title nobody can tell.
      if (header.title === "") return;
      throw new HeaderFault(
        at,
        `“${word}:” says nothing here: about, ask, on, check, undo, again and limit do. An empty line ends the header.`,
      );
  }
};

const askRule = /^([a-z][a-z0-9_]*) (text|number|yes|choice|secret)(?: \(([^)]+)\))? "([^"]+)"(?: = (.*))?$/;

/** One thing that a script asks, as its header has it behind `# ask:`. Throws HeaderFault. */
export const askOf = (rest: string, at: number): Ask => {
  const [, name = "", kind = "", listed, label = "", preset] = askRule.exec(rest) ?? [];
  if (name === "")
    throw new HeaderFault(
      at,
      'Write it as “# ask: days number "Older than so many days" = 14”; the kinds are text, number, yes, secret and choice (one | another).',
    );
  const options = (listed ?? "")
    .split("|")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if ((kind === "choice") !== options.length > 1)
    throw new HeaderFault(
      at,
      "A choice, and nothing else, has what is chosen from in brackets: (small | large).",
    );
  if (kind === "secret" && preset !== undefined)
    throw new HeaderFault(at, "A secret is typed each time, so nothing can be filled in beforehand.");
  if (kind === "number" && preset !== undefined && !/^-?\d{1,15}$/.test(preset))
    throw new HeaderFault(at, `“${preset}” is no whole number.`);
  if (kind === "choice" && preset !== undefined && !options.includes(preset))
    throw new HeaderFault(at, `“${preset}” is none of those that are chosen from.`);
  return { name, kind: kind as Ask["kind"], label, options, preset: preset ?? null };
};

const onOf = (rest: string, at: number): Header["on"] => {
  if (rest === "this machine") return "here";
  if (rest === "a server") return "asked";
  const [, server] = /^server ([^,]+)$/.exec(rest) ?? [];
  if (server !== undefined) return { server };
  throw new HeaderFault(
    at,
    "It runs on “this machine”, on “a server” that is chosen in the form, or on “server NAME”, a connection. Several at once it cannot yet.",
  );
};

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

const limitOf = (rest: string, at: number): number => {
  const [, count = "", unit = ""] = /^(\d{1,5})\s?(s|m|h)$/.exec(rest) ?? [];
  const ms = Number(count) * (units[unit] ?? 0);
  if (ms > 0 && ms <= longestMs) return ms;
  throw new HeaderFault(at, "A limit is a time such as 90s, 10m or 2h, up to 24h.");
};

const shellOf = (line: string): string[] => {
  const reader = readerOf(line);
  if (reader?.isShell === true) return reader.words.slice(0, -1);
  throw new HeaderFault(
    1,
    `It is read by “${line.slice(2).trim()}”, which is none of sh, bash, dash, ash, ksh and zsh.`,
  );
};
