import { NetworkError } from "#connectors/http/network-error.ts";
import { AppError } from "#core/errors.ts";
import type { Outcome } from "#notify/channel.ts";

/** A connection that was never made carried nothing. */
const neverLeft = /^(?:UND_ERR_CONNECT_TIMEOUT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

/**
 * What became of a message whose request came to no answer of the other side's own. It may be there unless it certainly never left. Throws
 * what is not about the network, and AppError("cancelled").
 */
export const withoutAnswer = (thrown: unknown): Outcome => {
  if (!(thrown instanceof AppError) || thrown.code === "internal" || thrown.code === "cancelled")
    throw thrown;
  const because = thrown.message;
  if (thrown instanceof NetworkError) {
    const isCertain =
      neverLeft.test(thrown.systemCode) || ["dns", "refused", "tls", "plain-http"].includes(thrown.why);
    if (thrown.why === "out-of-reach") return { was: "dead", because };
    return isCertain ? { was: "later", because, afterMs: null } : { was: "ambiguous", because };
  }
  if (thrown.code === "bad-input") return { was: "dead", because };
  return { was: "ambiguous", because };
};
