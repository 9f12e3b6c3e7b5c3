import { createRow, type Row } from "./screen-row.ts";

/** How far up a program may write over its own lines. */
const mostReach = 100;
/** A line that never ends is broken after so many characters, as a terminal breaks it at its edge. */
const longestRow = 1024 * 1024;
/** An escape that does not end within so many characters is none. */
const longestEscape = 4_096;

/** What a program prints, as a terminal would show it. */
export interface Screen {
  /** Text in any pieces. Carriage returns, backspaces and cursor moves (ECMA-48, section 8.3) write over what is there. */
  write(text: string): void;
  /** Hands out, once, the lines that nothing is known to write over any more. */
  take(): string[];
  /** What may still be written over: the line that has not ended, and those above that the program goes back to. */
  open(): string[];
  /** Nothing goes back to earlier lines any more: those above the last one are handed out by the next `take`. */
  settle(): void;
  /** Ends the last line; everything is handed out by the next `take`. */
  end(): void;
}

// CSI with its parameters and final byte; OSC, DCS, SOS, PM and APC up to their end; other escapes; what is no text.
const special =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b\[|\u009b)[0-?]*[ -/]*|\u001b[\]PX^_][^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-Z\\`-~]|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
const begunEscape =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /\u001b$|(?:\u001b\[|\u009b)[0-?]*[ -/]*$|\u001b[\]PX^_][^\u0007\u001b\u009c\n]*\u001b?$|\u001b[ -/]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const plain = /^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$/;

export const createScreen = (): Screen => {
  /** Lines that nothing has gone back to are kept as their text. */
  let rows: (Row | string)[] = [""];
  let at = 0;
  /** How many lines above the last one the program has gone back. */
  let reach = 0;
  let begun = "";
  let saved: { up: number; column: number } | null = null;
  /** It was saved, and nobody has come back to it yet. */
  let isOut = false;
  /**
   * What is drawn in another row of the screen, as apt draws its bar: once the program has come back from there, none of that is a line of what
   * it said. Null: nothing is.
   */
  let away: string | null = null;

  const row = (): Row => {
    const there = rows[at] ?? "";
    if (typeof there !== "string") return there;
    const made = createRow();
    made.put(there);
    rows[at] = made;
    return made;
  };
  const down = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      at += 1;
      if (at === rows.length) rows.push("");
    }
  };
  const up = (count: number) => {
    at = Math.max(0, at - count);
    reach = Math.min(mostReach, Math.max(reach, rows.length - 1 - at));
  };
  const put = (text: string) => {
    if (away !== null) {
      away += text;
      return;
    }
    for (let from = 0; from < text.length; ) {
      const room = longestRow - row().length();
      if (room <= 0) {
        down(1);
        continue;
      }
      row().put(text.slice(from, from + room));
      from += room;
    }
  };
  /** Whoever has not come back by the end of a line never will: nothing of it may be lost. */
  const comeOn = () => {
    const text = away ?? "";
    away = null;
    isOut = false;
    put(text);
  };
  const move = (final: string, params: string) => {
    const given = Number.parseInt(params, 10);
    const count = Math.min(1_000, Number.isNaN(given) || given === 0 ? 1 : given);
    const { column } = row();
    if (away !== null && !"Hfu".includes(final)) return;
    switch (final) {
      case "m":
        return row().style(params);
      case "A":
        up(count);
        return row().go(column());
      case "B":
        down(Math.min(count, rows.length - 1 - at));
        return row().go(column());
      case "C":
        return row().go(column() + count);
      case "D":
        return row().go(column() - count);
      case "E":
        down(Math.min(count, rows.length - 1 - at));
        return row().go(0);
      case "F":
        up(count);
        return row().go(0);
      case "G":
        return row().go(count - 1);
      case "H":
      case "f": {
        // The place on a whole screen is not known to us, the column is.
        if (isOut && given > 1) away ??= "";
        if (away !== null) return;
        const column = Number(/;(\d{1,4})$/.exec(params)?.[1] ?? 1);
        return row().go(column - 1);
      }
      case "K":
        return row().erase(given === 1 ? "before" : given === 2 ? "all" : "after");
      case "J":
        // To clear the screen is no reason to forget what was said; what lies below the cursor is about to be drawn anew.
        if (!(given > 0)) {
          row().erase("after");
          rows = [...rows.slice(0, at + 1), ...rows.slice(at + 1).map(() => "")];
        }
        return;
      case "s":
        return save(column());
      case "u":
        return restore();
      default:
    }
  };
  const save = (column: number) => {
    saved = { up: rows.length - 1 - at, column };
    isOut = true;
  };
  const restore = () => {
    away = null;
    isOut = false;
    if (saved === null) return;
    at = Math.max(0, rows.length - 1 - saved.up);
    reach = Math.min(mostReach, Math.max(reach, rows.length - 1 - at));
    row().go(saved.column);
  };
  const control = (one: string) => {
    switch (one) {
      case "\n":
        comeOn();
        down(1);
        if (rows[at] !== "") row().go(0);
        return;
      case "\r":
        return row().go(0);
      case "\b":
        return row().go(row().column() - 1);
      case "\u001bM":
        return up(1);
      case "\u001b7":
        return save(row().column());
      case "\u001b8":
        return restore();
      default:
    }
  };

  return {
    write: (given) => {
      const ends = given.endsWith("\n");
      const line = ends ? given.slice(0, -1) : given;
      if (begun === "" && rows[at] === "" && line.length <= longestRow && plain.test(line)) {
        rows[at] = line;
        if (ends) control("\n");
        return;
      }
      let text = begun + given;
      begun = "";
      const cut = begunEscape.exec(text);
      if (cut !== null && cut[0].length < longestEscape) {
        begun = cut[0];
        text = text.slice(0, cut.index);
      }
      let from = 0;
      for (const match of text.matchAll(special)) {
        put(text.slice(from, match.index));
        from = match.index + match[0].length;
        const [, params, final] = match;
        if (final !== undefined) move(final, params ?? "");
        else control(match[0]);
      }
      put(text.slice(from));
    },
    take: () => {
      const gone = Math.max(0, Math.min(at, rows.length - 1 - reach));
      const given = rows.splice(0, gone).map(textOf);
      at -= gone;
      return given;
    },
    open: () => {
      const texts = rows.slice(-1 - mostReach).map(textOf);
      if (texts.at(-1) === "") texts.pop();
      return texts;
    },
    settle: () => {
      reach = 0;
      at = rows.length - 1;
    },
    end: () => {
      begun = "";
      comeOn();
      saved = null;
      reach = 0;
      if (textOf(rows.at(-1) ?? "") !== "") rows.push("");
      at = rows.length - 1;
    },
  };
};

const textOf = (row: Row | string): string => (typeof row === "string" ? row : row.text());

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const styles = /\u001b\[[\d;:]*m/g;

/** What a program printed as a text of lines: as a terminal would show it at the end, without colours. */
export const asShown = (printed: string): string => {
  if (plain.test(printed.replaceAll("\n", ""))) return printed;
  const screen = createScreen();
  screen.write(printed);
  screen.end();
  return screen.take().join("\n").replaceAll(styles, "");
};
