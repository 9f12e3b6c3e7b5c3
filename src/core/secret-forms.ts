/** Stands where a secret stood. */
export const blotted = "•••";

/**
 * Blots secrets out of what is shown: as they are, URL-encoded, escaped in JSON (as JavaScript, PHP and Go do it), in base64 wherever they stand in
 * it, as after the user's name of a Basic header, and halves of long ones, wherever they were cut.
 */
export const createMask = (secrets: readonly string[]): ((text: string) => string) => {
  const given = secrets.filter((secret) => secret !== "");
  const forms = given
    .flatMap((secret) => [...writings(secret), ...base64s(secret)])
    // Longest first, so that no form is broken by one that is a part of it.
    .sort((a, b) => b.length - a.length);
  const pieces = given.filter((secret) => secret.length >= shortestToHalve).map(createPieces);
  return (text) => {
    const whole = forms.reduce((masked, form) => masked.replaceAll(form, blotted), text);
    return pieces.reduce((masked, without) => without(masked), whole);
  };
};

const writings = (secret: string): string[] => {
  // A lone half of a pair of UTF-16 has no form in UTF-8.
  const url = encodeURIComponent(secret.toWellFormed());
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
const base64s = (secret: string): string[] =>
  [0, 1, 2]
    .map((before) => {
      const bytes = Buffer.from(secret);
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
      return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    })
    .filter((piece) => piece.length >= shortestPiece)
    .flatMap((piece) => [piece, piece.replaceAll("+", "-").replaceAll("/", "_")]);

const shortestToHalve = 2 * shortestPiece;

/** Takes out what has at least half of a secret in one piece, whichever half. */
const createPieces = (secret: string): ((text: string) => string) => {
  const half = Math.floor(secret.length / 2);
  // Any half holds one of these whole, so that most texts are told to be innocent by a few quick looks.
  const blockLength = Math.floor(half / 2);
  const blocks = Array.from({ length: Math.floor(secret.length / blockLength) }, (_, at) =>
    secret.slice(at * blockLength, (at + 1) * blockLength),
  );
  const halves = new Set(
    Array.from({ length: secret.length - half + 1 }, (_, at) => secret.slice(at, at + half)),
  );
  return (text) => {
    if (text.length < half || !blocks.some((block) => text.includes(block))) return text;
    let shown = "";
    let from = 0;
    for (let at = 0; at + half <= text.length; at++) {
      if (!halves.has(text.slice(at, at + half))) continue;
      let to = at + half;
      while (to < text.length && halves.has(text.slice(to - half + 1, to + 1))) to++;
      shown += text.slice(from, at) + blotted;
      from = to;
      at = to - 1;
    }
    return shown + text.slice(from);
  };
};
