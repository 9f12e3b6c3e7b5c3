/** No answer that we ask for comes near them. Each level, and each value, costs far more to read and to check than to send. */
const [mostDepth, usuallyMostValues] = [200, 100_000];

/** A foreign text as JSON; undefined for what is none, or is crowded. */
export const parseJson = (text: string, mostValues = usuallyMostValues): unknown => {
  try {
    return isCrowded(text, mostValues) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether brackets stand more than 200 deep in each other, or more than `mostValues` values in all; what stands in texts is passed over. */
export const isCrowded = (text: string, mostValues = usuallyMostValues): boolean => {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === quote) {
      do at = text.indexOf('"', at + 1);
      while (at !== -1 && isEscaped(text, at));
      if (at === -1) return false;
    } else if (sign === openList || sign === openObject) {
      if (++depth > mostDepth || ++values > mostValues) return true;
    } else if (sign === closeList || sign === closeObject) depth--;
    else if (sign === comma && ++values > mostValues) return true;
  }
  return false;
};

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];
const comma = 0x2c;

const isEscaped = (text: string, at: number): boolean => {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
};
