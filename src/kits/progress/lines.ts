import type { ProgressReader, Told } from "./reader.ts";

/** What is kept from one line, or one look, to the next; JSON. */
export interface LinesState {
  /** What was read last. */
  told: Told | null;
  memory: unknown;
  /** The newest row of a program's progress, not in the log yet. */
  row: string | null;
  /** What follows is written over it. */
  isOver: boolean;
  /** When one was put into the log. */
  rowAt: number;
}

export const noLines: LinesState = { told: null, memory: null, row: null, isOver: false, rowAt: 0 };

/** Erases what a row of progress left, before something else takes its place. */
const erased = "\u001b[2K";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const colours = /\u001b\[[0-?]*[ -/]*[@-~]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const unseen = /[\u0000-\u001f\u007f-\u009f]/g;

/** No program tells so much in one line of how far it is, and over a longer one an author's pattern may take for ever. */
const longestRead = 16 * 1024;

interface Lines {
  reader: ProgressReader;
  log(line: string): void;
  now(): number;
  /** Of rows that only tell how far it is, one is kept in so long a time. */
  rowEveryMs: number;
  /** Whoever takes the lines shows those that end with a carriage return until something else takes their place. */
  live: boolean;
}

/**
 * Takes what a program writes on one of its outputs, line by line, reads its progress, and says what of it is for the log: of rows that only tell how far it is
 * (hundreds, from some programs) few, and always the last.
 */
export const createLines = ({ reader, log, now, rowEveryMs, live }: Lines, from: LinesState = noLines) => {
  let state = from;
  const erase = live ? erased : "";
  const keepRow = () => {
    if (state.row !== null) log(erase + state.row);
    state = { ...state, row: null, rowAt: now() };
  };
  const mayKeep = () => now() - state.rowAt >= rowEveryMs || now() < state.rowAt;
  return {
    /** A whole line; `over`: what follows is written over it. Gives what it told, null: nothing. */
    line: (line: string, { over = false } = {}): Told | null => {
      const plain = line.replaceAll(colours, "");
      const reading = plain.length > longestRead ? null : reader.read(plain, state.told, state.memory);
      if (reading !== null) state = { ...state, told: reading.told, memory: reading.memory ?? null };
      const told = reading?.told ?? null;
      if (reading?.line === "hidden") return told;
      if (over && live) {
        // The program itself writes over it, also where it goes to other lines.
        log(`${line}\r`);
        return told;
      }
      if ((reading === null || reading.line === "ordinary") && !over) {
        // A row that ends in "\r\r\n" is written over by nothing, and stays.
        const stays = state.isOver && plain.replaceAll(unseen, "") === "";
        const before = state.row === null ? "" : erase;
        if (state.row !== null && (stays || mayKeep() || isWhole(state.told))) keepRow();
        state = { ...state, row: null, isOver: false };
        if (!stays) log(before + line);
        return told;
      }
      if (plain.trim() !== "") state = { ...state, row: line, isOver: over };
      if (live) log(`${erased}${line}\r`);
      else if (state.row !== null && mayKeep()) keepRow();
      return told;
    },
    /** No more comes: the last row is kept. */
    end: () => {
      if (state.row !== null) keepRow();
    },
    state: () => state,
  };
};

const isWhole = (told: Told | null): boolean =>
  told !== null && told.total !== null && told.done >= told.total;
