/** One line of a screen, with a place in it where the next text goes. Columns are counted in code points. */
export interface Row {
  /** Writes at the cursor, over what is there. */
  put(text: string): void;
  /** Moves the cursor, never beyond the first column. */
  go(column: number): void;
  column(): number;
  length(): number;
  erase(what: "before" | "after" | "all"): void;
  /** SGR parameters (ECMA-48, section 8.3.117) for the text that follows. */
  style(params: string): void;
  /** The line with its styles as escapes, without blanks at its end. */
  text(): string;
}

interface Cell {
  sign: string;
  /** All that was set since the last reset, as escapes. */
  style: string;
}

/** A program that sets styles without end gets no more than so many at a time. */
const longestStyle = 200;
/** A longer line is not split into columns: what is written over its beginning takes its whole place. */
const mostColumns = 20_000;
/** No cursor moves further than this beyond the end of what is there. */
const widest = 2_000;

/**
 * Nearly all lines are only ever added to: their text is kept as it came, and as a column for each sign only from the first time on that
 * something is written over.
 */
export const createRow = (): Row => {
  let whole = "";
  let cells: Cell[] | null = null;
  let length = 0;
  let cursor = 0;
  let style = "";
  /** Something was written over: blanks at the end are what is left of it. */
  let redrawn = false;

  const signs = (): Cell[] => {
    cells ??= cellsOf(whole);
    return cells;
  };
  const text = (): string => (cells === null ? whole : written(cells));

  return {
    put: (added) => {
      if (added === "") return;
      if (cells === null && cursor === length) {
        whole += added;
        length += countOf(added);
        cursor = length;
        return;
      }
      redrawn = true;
      if (length > mostColumns || (cursor === 0 && style === "" && countOf(added) >= length)) {
        cells = null;
        whole = added;
        length = countOf(added);
        cursor = length;
        return;
      }
      const line = signs();
      while (line.length < cursor) line.push({ sign: " ", style: "" });
      for (const sign of added) {
        line[cursor] = { sign, style };
        cursor += 1;
      }
      length = line.length;
    },
    go: (column) => {
      cursor = Math.max(0, Math.min(column, Math.max(length, widest)));
    },
    column: () => cursor,
    length: () => length,
    erase: (what) => {
      if (length === 0) return;
      redrawn = true;
      if (length > mostColumns || what === "all" || (what === "after" && cursor === 0)) {
        cells = null;
        whole = "";
        length = 0;
        return;
      }
      const line = signs();
      if (what === "after") line.length = Math.min(line.length, cursor);
      else for (let n = 0; n <= cursor && n < line.length; n += 1) line[n] = { sign: " ", style: "" };
      length = line.length;
    },
    style: (params) => {
      const set = `\u001b[${params}m`;
      style = /^0*$/.test(params) || style.length + set.length > longestStyle ? "" : style + set;
      if (cells === null && cursor === length) whole += set;
    },
    text: () => (redrawn ? text().trimEnd() : text()),
  };
};

const countOf = (text: string): number => {
  let count = 0;
  // Half of a surrogate pair that a piece was cut at is counted as one, too.
  for (const _ of text) count += 1;
  return count;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const styles = /\u001b\[([\d;:]*)m/g;

const cellsOf = (text: string): Cell[] => {
  const cells: Cell[] = [];
  let style = "";
  let from = 0;
  const add = (to: number) => {
    for (const sign of text.slice(from, to)) cells.push({ sign, style });
  };
  for (const match of text.matchAll(styles)) {
    add(match.index);
    from = match.index + match[0].length;
    style = /^0*$/.test(match[1] ?? "") ? "" : style + match[0];
  }
  add(text.length);
  return cells;
};

const written = (cells: readonly Cell[]): string => {
  let text = "";
  let style = "";
  for (const cell of cells) {
    if (cell.style !== style) text += (style === "" ? "" : "\u001b[0m") + cell.style;
    style = cell.style;
    text += cell.sign;
  }
  return style === "" ? text : `${text}\u001b[0m`;
};
