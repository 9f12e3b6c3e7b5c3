export interface GenerateInput {
  description: string;
  title: string;
  /** The address, settled at the start: `/apps/<slug>/`. */
  slug: string;
  /** The model that drafts the plan; null: the planner that needs none. */
  connectionId: string | null;
}
