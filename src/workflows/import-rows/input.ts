export interface ImportInput {
  slug: string;
  table: string;
  /** The name under which the file is kept. */
  file: string;
  /** Null: as the file says itself, else UTF-8. */
  encoding: string | null;
}
