import type { CsvResult, ImportManner } from "./csv-read.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";
import type { AppSchema } from "./schema.ts";

/** A CSV file for a table, and how it is read into it. */
export interface ImportWish extends ImportManner {
  table: string;
  text: string;
}

/** Reads a CSV file into a table, away from those who are answered meanwhile. Rejects with Refusal. */
export type ImportRows = (wish: ImportWish) => Promise<CsvResult>;

/** What the process that imports is told. */
export interface ImportOrder<At> extends ImportWish {
  /** Where the app's tables are. */
  at: At;
  schema: AppSchema;
}

/** How it ended, as plain data. */
export type ImportOutcome =
  | { done: CsvResult }
  | { refused: { code: RefusalCode; sentence: string; field?: string | undefined } };

export const resultOf = (outcome: ImportOutcome): CsvResult => {
  if ("done" in outcome) return outcome.done;
  const { code, sentence, field } = outcome.refused;
  throw new Refusal(code, sentence, field);
};

/** JavaScript objects of the largest file that an app takes. */
export const importMemoryMb = 384;
/** For rows that refer to large tables by name. */
export const importLimitMs = 180_000;
export const importFailure = "The rows were not imported, and nothing was changed";
