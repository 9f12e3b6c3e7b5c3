/** Says whether a key is let in; asked once for each call. */
export type KeyCheck = (key: string | undefined) => boolean;

/** Of a key that was made through the API without `rateLimitEnabled: false`. */
const mostChecks = 10;
const windowMs = 86_400_000;
/** Dokploy checks the key once before the call and once inside it. */
const checksPerCall = 2;

/** With `rateLimit`, a day's sixth call is refused like one with a wrong key, as it was seen on v0.30.2. */
export const createKeyCheck = ({
  apiKey,
  rateLimit,
  now,
}: {
  apiKey: string;
  rateLimit: boolean;
  now(): number;
}): KeyCheck => {
  let checks = 0;
  let since = now();
  return (key) => {
    if (key !== apiKey) return false;
    if (!rateLimit) return true;
    if (now() - since >= windowMs) {
      checks = 0;
      since = now();
    }
    if (checks + checksPerCall > mostChecks) return false;
    checks += checksPerCall;
    return true;
  };
};
