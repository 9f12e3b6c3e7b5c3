/** Nobody is kept waiting longer than this in one request. */
const longestWaitSeconds = 600;

/** The `wait` of a `Prefer` header in milliseconds (RFC 7240, section 4.3); null without one. */
export const waitMsOf = (prefer: string | undefined): number | null => {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), longestWaitSeconds) * 1000;
};
