/** An address with its query; empty values are left out. */
const withQuery = (path: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return text === "" ? path : `${path}?${text}`;
};

const words = { age: ["Newest", "Older"], name: ["First", "More"] } as const;

/** The link to what comes next, which is what is older unless it is said otherwise: pages go by key, so rows that arrive meanwhile shift nothing. */
export const Paging = ({ path, query, next, what, by = "age" }: PagingProps) => (
  <nav class="paging" aria-label="Pages">
    {query.after && (
      <a href={withQuery(path, { ...query, after: "" })}>
        {words[by][0]} {what}
      </a>
    )}
    {next !== null && (
      <a href={withQuery(path, { ...query, after: next })}>
        {words[by][1]} {what} →
      </a>
    )}
  </nav>
);

interface PagingProps {
  path: string;
  query: Readonly<Record<string, string>>;
  next: string | null;
  what: string;
  by?: keyof typeof words;
}
