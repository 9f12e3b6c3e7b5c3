/** What the planner knows about a word for things that businesses keep. */
export interface Noun {
  /** The name of its table, in the plural. */
  key: string;
  /** Other words that mean this very table, singular: “stock keeping” is the table of products. */
  means?: readonly string[];
  /** Words for things that have the same columns but a table of their own name, singular: “client” is kept like a customer. */
  like?: readonly string[];
  /** In short hand, see `columnsFrom`. */
  columns: string;
  /** What other tables may refer to it as: `@buyer`, `@item`, `@staff`, `@job`. */
  role?: "buyer" | "item" | "staff" | "job";
}
