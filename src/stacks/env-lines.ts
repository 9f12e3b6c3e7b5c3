import { parse } from "dotenv";
import { AppError } from "#core/errors.ts";

/** The names of the variables that a text sets. Throws AppError("bad-input") for what would not arrive as it was typed. */
export const variableNames = (text: string): string[] => {
  const variables = readVariables(text);
  envText(variables);
  return [...variables.keys()];
};

/**
 * Variables by name. A value is what stands behind NAME=, byte for byte to the end of the line; " or ' around all of it are taken off and
 * may hold several lines. Blank lines and lines that begin with # are left alone. Throws AppError("bad-input").
 */
export const readVariables = (text: string): Map<string, string> => {
  const variables = new Map<string, string>();
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, rest] = /^\s*([A-Za-z_][\w.-]*)=(.*)$/.exec(line) ?? [];
    // The line itself may hold a secret, so only its number is told.
    if (name === undefined || rest === undefined)
      throw wrong(`Line ${at + 1} is not of the form NAME=value.`);
    if (variables.has(name)) throw wrong(`${name} is set twice, the second time in line ${at + 1}.`);
    const last = endOfQuoted(lines, at, rest);
    variables.set(
      name,
      last === null ? rest : [rest, ...lines.slice(at + 1, last + 1)].join("\n").trimEnd().slice(1, -1),
    );
    at = last ?? at;
  }
  return variables;
};

/** The line in which a value that is quoted as a whole ends; null when it is not quoted. */
const endOfQuoted = (lines: readonly string[], from: number, rest: string): number | null => {
  const quote = rest.charAt(0);
  if (quote !== '"' && quote !== "'") return null;
  if (rest.length > 1 && rest.trimEnd().endsWith(quote)) return from;
  if (rest.slice(1).includes(quote)) return null;
  const last = lines.findIndex((line, at) => at > from && line.trimEnd().endsWith(quote));
  return last === -1 ? null : last;
};

/**
 * The text from which Dokploy's dotenv reads exactly these variables. Throws AppError("bad-input") that names the one which no quoting
 * brings there unchanged.
 */
export const envText = (variables: ReadonlyMap<string, string>): string =>
  [...variables].map(([name, value]) => envLine(name, value)).join("\n");

/** The plainest form that dotenv reads back unchanged. */
const envLine = (name: string, value: string): string => {
  // Dokploy fills these in after dotenv, whatever the quotes.
  if (/\$\{\{.*?\}\}/.test(value))
    throw wrong(`${name} holds \${{…}}, which Dokploy replaces by something else.`);
  // Quotes that do not end where the value ends would reach into the variables behind it.
  const plain = /['"`]/.test(value) ? [] : [value];
  const quoted = ["'", '"', "`"]
    .filter((quote) => !value.includes(quote) && !value.endsWith("\\"))
    .map((quote) => `${quote}${value}${quote}`);
  const line = [...plain, ...quoted]
    .map((form) => `${name}=${form}`)
    .find((one) => parse(one)[name] === value && Object.keys(parse(one)).length === 1);
  if (line !== undefined) return line;
  throw wrong(
    `The value of ${name} cannot be sent to Dokploy unchanged: it has all three kinds of quotes, or ends in a backslash.`,
  );
};

/** Stands for a variable that was taken out, until the end of its line goes too. No text holds it. */
const cut = "\u0000";

const wrong = (why: string): AppError =>
  new AppError("bad-input", `${why} Write one environment variable as NAME=value.`, { field: "env" });

const longestText = 64 * 1024;

/** As dotenv 16 finds them in a text: the name, and all that belongs to its value. */
const assignment =
  /(?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)/gm;

/**
 * An application's variables with some added or changed and some taken out; everything else in the text stays as it is, comments and
 * references among it. Throws AppError("conflict") when what is there cannot be changed without touching the rest.
 */
export const changedEnv = (
  there: string,
  { set, remove }: { set: ReadonlyMap<string, string>; remove: readonly string[] },
): string => {
  const goes = new Set([...set.keys(), ...remove]);
  const before = there.replace(/\r\n?/g, "\n");
  // dotenv and its expression look again from each line.
  if (before.length > longestText || /\s{200}/.test(before))
    throw new AppError(
      "conflict",
      "The application's variables in Dokploy are too long, or have too many empty lines, to be changed one by one. Tidy them up there, or replace all of them.",
    );
  const kept = before
    .replace(assignment, (whole, name: string) => (goes.has(name) ? cut : whole))
    .replaceAll(new RegExp(`${cut}\\n?`, "g"), "");
  const changed = [kept.replace(/(?<!\n)\n+$/, ""), envText(set)]
    .filter((part) => part.trim() !== "")
    .join("\n");
  const wanted = {
    ...Object.fromEntries(Object.entries(parse(before)).filter(([name]) => !goes.has(name))),
    ...Object.fromEntries(set),
  };
  const read = parse(changed);
  const names = new Set([...Object.keys(wanted), ...Object.keys(read)]);
  const lost = [...names].find((name) => wanted[name] !== read[name]);
  if (lost === undefined) return changed;
  throw new AppError(
    "conflict",
    `The application's variables in Dokploy cannot be changed one by one without changing ${lost} too. Tidy them up there, or replace all of them.`,
  );
};
