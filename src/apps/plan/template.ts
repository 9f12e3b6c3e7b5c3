/** An app to begin with: a text in the grammar that descriptions are read by, with the rules that make it work. */
export interface Template {
  /** Also the app's address. */
  id: string;
  title: string;
  /** The plan itself. */
  text: string;
}
