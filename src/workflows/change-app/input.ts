export interface ChangeInput {
  slug: string;
  /** In the person's own words: “Add a suppliers table”. */
  request: string;
}
