/** An address with its query; empty values are left out. */
const withQuery = (path: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return text === "" ? path : `${path}?${text}`;
};

/** The link to what is older: pages go by key, so rows that arrive meanwhile shift nothing. */
export const Paging = ({ path, query, next, what }: PagingProps) => (
  <nav class="paging" aria-label="Pages">
    {query.after && <a href={withQuery(path, { ...query, after: "" })}>Newest {what}</a>}
    {next !== null && <a href={withQuery(path, { ...query, after: next })}>Older {what} →</a>}
  </nav>
);

interface PagingProps {
  path: string;
  query: Readonly<Record<string, string>>;
  next: string | null;
  what: string;
}
