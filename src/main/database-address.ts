/**
 * The address of a PostgreSQL as everything connects to it: over a network by TLS, with the server's certificate checked, unless the address, or PGSSLMODE,
 * says otherwise; within this machine without. Null for what is no such address, or asks for TLS in a way that there is none of.
 */
export const databaseAddress = (text: string, modeElsewhere = ""): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) return null;
  const mode = url.searchParams.get("sslmode");
  if (weaker.has(mode ?? "") && url.searchParams.get("uselibpqcompat") !== "true") {
    url.searchParams.set("sslmode", "verify-full");
    return url.href;
  }
  if (mode !== null && !known.has(mode) && !weaker.has(mode)) return null;
  const isSaid = modeElsewhere !== "" || ["sslmode", "ssl"].some((name) => url.searchParams.has(name));
  if (isSaid || isWithin(url)) return text;
  url.searchParams.set("sslmode", "verify-full");
  return url.href;
};

/** Whoever asks for TLS gets it with the certificate checked, as `pg` does for now, with a warning that it will not. */
const weaker = new Set(["allow", "prefer", "require", "verify-ca"]);
const known = new Set(["verify-full", "disable", "no-verify"]);

/** By a socket of this machine, or on its loopback. */
const isWithin = ({ hostname, searchParams }: URL): boolean =>
  /^(?:|%2f.*|\/.*|localhost|127(?:\.\d+){3}|\[::1\])$/i.test(searchParams.get("host") ?? hostname);
