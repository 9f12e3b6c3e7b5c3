export interface Page<T> {
  rows: T[];
  /** The key after which the next page begins; null when this is the last one. */
  next: string | null;
}

/** A page of at most `limit` rows out of up to `limit` + 1: the one too many tells that there is a next page. */
export const pageOf = <T extends { seq: number }>(found: readonly T[], limit: number): Page<T> => {
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? String(rows.at(-1)?.seq) : null };
};

/** Rows of a page have numbers below this one; a key that no page ever gave begins at the newest. */
export const seqBefore = (after: string | undefined): number =>
  after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : Number.MAX_SAFE_INTEGER;
