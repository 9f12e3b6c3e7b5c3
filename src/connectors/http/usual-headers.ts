/** What every request says unless told otherwise. */
export const usualHeaders: Readonly<Record<string, string>> = {
  // Some firewalls refuse requests that do not say who asks.
  "user-agent": "Milepost",
  // "deflate" is not among it, because servers mean two different things by it.
  "accept-encoding": "gzip, br",
};
