export interface GenerateInput {
  description: string;
  title: string;
  /** The address, settled at the start: `/apps/<slug>/`. */
  slug: string;
  /** The model that drafts the plan; null: none, the grammar is read. */
  connectionId: string | null;
  /** Rows of a spreadsheet, headings first, that the app is made of; null: it is made of the description. */
  rows?: string | null;
}
