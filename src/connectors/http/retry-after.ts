import type { IncomingHttpHeaders } from "node:http";

/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), or undefined without a readable one.
 * A date is read against the answer's own Date header where there is one, so that clocks need not agree.
 */
export const retryAfterMs = (headers: IncomingHttpHeaders, now = Date.now()): number | undefined => {
  const asked = headers["retry-after"]?.trim() ?? "";
  // Some send fractions, which the RFC does not know, and mean them.
  if (/^\d+(\.\d+)?$/.test(asked)) return Math.ceil(Number(asked) * 1_000);
  // A lone negative number would be read as a year.
  const until = /[a-z]/i.test(asked) ? Date.parse(asked) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const sent = Date.parse(headers.date ?? "");
  return Math.max(0, until - (Number.isNaN(sent) ? now : sent));
};
