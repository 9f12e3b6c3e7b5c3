/** Words from a moment on (milliseconds since 1970). */
export type WordsAt = readonly [at: number, words: string];

/**
 * Words that only time changes: those of now, and those to come if nothing happens, which static/live.js says when their moment is there.
 * So a page in which nothing happens asks for nothing.
 */
export const Later = ({
  words,
  later,
  ...rest
}: {
  words: string;
  later: readonly WordsAt[];
  class?: string;
}) => (
  <span {...rest} data-later={changes(words, later)}>
    {words}
  </span>
);

/** For an attribute `data-later`: the words that differ from the ones before. */
export const changes = (words: string, later: readonly WordsAt[]): string | undefined => {
  const all = later.filter(([, next], index) => next !== (later[index - 1]?.[1] ?? words));
  return all.length === 0 ? undefined : JSON.stringify(all);
};
