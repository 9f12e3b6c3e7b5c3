/** A piece of a line that looks the same throughout. */
export interface Segment {
  text: string;
  /** Names of our own classes; "" for plain text. */
  classes: string;
}

interface Look {
  colour: string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  struck: boolean;
}

const plain: Look = {
  colour: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  struck: false,
};
const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

// CSI with its parameters and final byte; OSC, DCS, SOS, PM and APC up to their end; other escapes (ECMA-48, sections 5.3 to 5.6).
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~]|$)|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/**
 * A line of a program's output as pieces with classes: the colours and styles of SGR (ECMA-48, section 8.3.117) in the foreground. All other
 * escapes and control characters are dropped; of what a program wrote over itself after a carriage return the last is left.
 * The text is text: whoever shows it escapes it.
 */
export const ansiSegments = (line: string): Segment[] => {
  const text = lastWritten(line);
  const segments: Segment[] = [];
  let look = plain;
  let from = 0;
  const add = (to: number) => {
    const piece = text.slice(from, to).replaceAll(controls, "");
    if (piece !== "") segments.push({ text: piece, classes: classesOf(look) });
  };
  for (const match of text.matchAll(escapes)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = styled(look, match[1] ?? "");
  }
  add(text.length);
  return segments;
};

/** A line without escapes and control characters, as it is read and searched. */
export const plainText = (line: string): string =>
  ansiSegments(line)
    .map(({ text }) => text)
    .join("");

const lastWritten = (line: string): string => {
  const parts = line.split("\r").filter((part) => part !== "");
  return parts.at(-1) ?? "";
};

const classesOf = ({ colour, bold, dim, italic, underline, struck }: Look): string =>
  [
    colour === null ? "" : `ansi-${colour}`,
    bold ? "ansi-bold" : "",
    dim ? "ansi-dim" : "",
    italic ? "ansi-italic" : "",
    underline ? "ansi-underline" : "",
    struck ? "ansi-struck" : "",
  ]
    .filter((name) => name !== "")
    .join(" ");

const styled = (before: Look, params: string): Look => {
  const codes = params.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let look = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const indexed = codes[at + 1] === 5;
      const index = codes[at + 2] ?? -1;
      if (code === 38) look = { ...look, colour: indexed ? (colours[index % 8] ?? null) : null };
      // Beyond the sixteen named ones a colour may be unreadable on our page, so that text stays as it is.
      if (code === 38 && indexed && index >= 16) look = { ...look, colour: null };
      at += indexed ? 2 : 4;
      continue;
    }
    look = { ...look, ...change(code) };
  }
  return look;
};

const change = (code: number): Partial<Look> => {
  if (code >= 30 && code <= 37) return { colour: colours[code - 30] ?? null };
  if (code >= 90 && code <= 97) return { colour: colours[code - 90] ?? null };
  switch (code) {
    case 0:
      return plain;
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 9:
      return { struck: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 29:
      return { struck: false };
    case 39:
      return { colour: null };
    default:
      return {};
  }
};
