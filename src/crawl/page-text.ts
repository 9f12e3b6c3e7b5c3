/** A page should tell its encoding within 1,024 bytes, but browsers believe one that comes later too (HTML standard, "changing the encoding"). */
const prescanBytes = 64 * 1_024;

/**
 * A page as text: in the encoding of a byte order mark, else the one that the header tells, else the page's own XML declaration or `meta`,
 * else UTF-8. A name that means no encoding tells nothing.
 */
export const pageText = (bytes: Buffer, contentType: string): string => {
  const told = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  const decoder = decoderFor(marked(bytes)) ?? decoderFor(told) ?? decoderFor(declared(bytes));
  return (decoder ?? new TextDecoder()).decode(bytes);
};

const marked = ([one, two, three]: Buffer): string | undefined => {
  if (one === 0xef && two === 0xbb && three === 0xbf) return "utf-8";
  if (one === 0xfe && two === 0xff) return "utf-16be";
  return one === 0xff && two === 0xfe ? "utf-16le" : undefined;
};

const declared = (bytes: Buffer): string | undefined => {
  const beginning = bytes
    .toString("latin1", 0, prescanBytes)
    .replace(/<!--[\s\S]*?(?:-->|$)|<(script|style|title|textarea)\b[\s\S]*?(?:<\/\1|$)/gi, "");
  const xml = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)/i.exec(beginning)?.[1];
  const meta = [...beginning.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => charsetOf(tag)).find(decoderFor);
  const label = decoderFor(xml) === undefined ? meta : xml;
  // What can be read as far as here is no UTF-16, whatever it says of itself.
  return label !== undefined && /^utf-?16/i.test(label) ? "utf-8" : label;
};

/** `<meta charset>`, or the content of `<meta http-equiv="content-type">`; any other content is only a text. */
const charsetOf = (tag: string): string | undefined => {
  const own = /[\s"']charset\s*=\s*["']?([^\s;"'/>]+)/i;
  const content = /http-equiv\s*=\s*["']?content-type/i.test(tag)
    ? /charset\s*=\s*["']?([^\s;"'/>]+)/i
    : null;
  return (content?.exec(tag) ?? own.exec(tag.replace(/content\s*=\s*("[^"]*"|'[^']*')/gi, "")))?.[1];
};

/** Nothing for what is no name of an encoding. */
const decoderFor = (label: string | undefined) => {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
};
