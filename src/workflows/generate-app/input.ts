import type { Answered } from "#apps/model/ask-model.ts";

export interface GenerateInput {
  description: string;
  title: string;
  /** The address, settled at the start: `/apps/<slug>/`. */
  slug: string;
  /** The model that drafts the plan; null: none, the grammar is read. */
  connectionId: string | null;
  /** Rows of a spreadsheet, headings first, that the app is made of; null: there are none. */
  rows?: string | null;
  /** Files of rows that the app is made of, a table each, by the names under which they are kept; null: there are none. */
  files?: readonly string[] | null;
  /** Of the files; null: as they say. */
  encoding?: string | null;
  /** What the model asked before it drafted, the first first; null: nothing yet. */
  answers?: readonly Answered[] | null;
}
