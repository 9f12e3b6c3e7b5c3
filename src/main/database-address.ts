/**
 * The address of a PostgreSQL as everything connects to it: over a network by TLS, with the server's certificate checked, unless the address, or PGSSLMODE,
 * says otherwise; within this machine without. Null for what is no such address.
 */
export const databaseAddress = (text: string, modeElsewhere = ""): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) return null;
  const isSaid = modeElsewhere !== "" || ["sslmode", "ssl"].some((name) => url.searchParams.has(name));
  if (isSaid || isWithin(url)) return text;
  url.searchParams.set("sslmode", "verify-full");
  return url.href;
};

/** By a socket of this machine, or on its loopback. */
const isWithin = ({ hostname, searchParams }: URL): boolean =>
  /^(?:|%2f.*|\/.*|localhost|127(?:\.\d+){3}|\[::1\])$/i.test(searchParams.get("host") ?? hostname);
