export interface Page<T> {
  rows: T[];
  /** The key after which the next page begins; null when this is the last one. */
  next: string | null;
}

/** A page of at most `limit` rows out of up to `limit` + 1: the one too many tells that there is a next page. */
export const pageOf = <T extends { id: string }>(found: readonly T[], limit: number): Page<T> => {
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
};
