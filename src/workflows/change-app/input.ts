import type { Answered } from "#apps/model/ask-model.ts";

export interface ChangeInput {
  slug: string;
  /** In the person's own words: “Add a suppliers table”; empty: it is changed in the form. */
  request: string;
  /** The model that is asked where the words are not understood; null: none. Runs of before know of none. */
  connectionId?: string | null;
  /** What the model asked, the first first; null: nothing yet. */
  answers?: readonly Answered[] | null;
}
