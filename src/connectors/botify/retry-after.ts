/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), or undefined without a readable one.
 * A date is read against the answer's own Date header, so that clocks need not agree.
 */
export const retryAfterMs = (retryAfter: string | null, date: string | null): number | undefined => {
  if (retryAfter === null) return undefined;
  if (/^\d+$/.test(retryAfter.trim())) return Number(retryAfter) * 1_000;
  const until = Date.parse(retryAfter);
  const sent = Date.parse(date ?? "");
  return Number.isNaN(until) || Number.isNaN(sent) ? undefined : Math.max(0, until - sent);
};
