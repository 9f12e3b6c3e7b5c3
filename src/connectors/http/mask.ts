const shown = "•••";

/**
 * Blots secrets out of what is shown of an answer: as they are, URL-encoded, escaped in JSON (as JavaScript, PHP and Go do it), and in
 * base64 wherever they stand in it, as after the user's name of a Basic header.
 */
export const createMask = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [...writings(secret), ...base64s(Buffer.from(secret))])
    // Longest first, so that no form is broken by one that is a part of it.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((masked, form) => masked.replaceAll(form, shown), text);
};

const writings = (secret: string): string[] => {
  const url = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    url,
    url.replace(/%../g, (byte) => byte.toLowerCase()),
    json,
    // JSON within JSON, as gateways pass on what the server behind them said.
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  ];
};

/** Too short a piece would blot out ordinary words. */
const shortestPiece = 8;

/** A byte falls on one of three places within a group of base64; the signs at both ends that mix with neighbours are left out. */
const base64s = (secret: Buffer): string[] =>
  [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), secret]).toString("base64");
      return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
    })
    .filter((piece) => piece.length >= shortestPiece)
    .flatMap((piece) => [piece, piece.replaceAll("+", "-").replaceAll("/", "_")]);
