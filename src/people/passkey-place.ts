import { isIP } from "node:net";

/** Where a passkey is made or used. */
export interface PasskeyPlace {
  /** The name that it is kept for (the RP ID of WebAuthn). */
  host: string;
  /** What a browser there says as the page's origin. */
  origin: string;
}

/**
 * The place of a request to this `Host`, or a sentence that says why there can be no passkey: browsers keep them for names only, and only
 * where pages come by https or from this very machine (WebAuthn, sections 5.1.3 and 13.4.9).
 */
export const passkeyPlace = (
  host: string | undefined,
  publicUrls: readonly URL[],
): { place: PasskeyPlace } | { why: string } => {
  const here = publicUrls.find((url) => url.host === host) ?? new URL(`http://${host}`);
  const place = placeAt(here);
  if (place !== null) return { place };
  const better = publicUrls.find((url) => placeAt(url) !== null);
  if (better !== undefined)
    return {
      why: `Browsers keep passkeys only for names that are reached by https: open ${better.href} for that.`,
    };
  if (/^(127\.|\[::1\])/.test(here.hostname))
    return {
      why: `Passkeys belong to a name, and this page was opened by an address in digits: open http://localhost${here.port === "" ? "" : `:${here.port}`} for that.`,
    };
  return {
    why: "Browsers keep passkeys only for names that are reached by https. With a proxy in front of Milepost that speaks https, and its address in MILEPOST_URL, this becomes possible.",
  };
};

const placeAt = ({ protocol, hostname, origin }: URL): PasskeyPlace | null => {
  const isDigits = isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
  const isSafe = protocol === "https:" || /^(.+\.)?localhost$/i.test(hostname);
  return !isDigits && isSafe ? { host: hostname, origin } : null;
};
