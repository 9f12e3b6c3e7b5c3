export interface ChangeInput {
  slug: string;
  /** In the person's own words: “Add a suppliers table”; empty: it is changed in the form. */
  request: string;
}
