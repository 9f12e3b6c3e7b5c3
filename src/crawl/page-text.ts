/** Within so many bytes a page has to tell its encoding (HTML standard, "prescan a byte stream"). */
const prescanBytes = 1_024;

/**
 * A page as text: in the encoding of a byte order mark, else the one that the header tells, else the page's own XML declaration or `meta`,
 * else UTF-8.
 */
export const pageText = (bytes: Buffer, contentType: string): string => {
  const told = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  return decoderFor(marked(bytes) ?? told ?? declared(bytes)).decode(bytes);
};

const marked = ([one, two, three]: Buffer): string | null => {
  if (one === 0xef && two === 0xbb && three === 0xbf) return "utf-8";
  if (one === 0xfe && two === 0xff) return "utf-16be";
  return one === 0xff && two === 0xfe ? "utf-16le" : null;
};

const declared = (bytes: Buffer): string => {
  const beginning = bytes.toString("latin1", 0, prescanBytes).replace(/<!--[\s\S]*?(-->|$)/g, "");
  const xml = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)/i.exec(beginning)?.[1];
  const meta = [...beginning.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => charsetOf(tag)).find(Boolean);
  const label = xml ?? meta ?? "utf-8";
  // What can be read as far as here is no UTF-16, whatever it says of itself.
  return /^utf-?16/i.test(label) ? "utf-8" : label;
};

/** `<meta charset>`, or the content of `<meta http-equiv="content-type">`; any other content is only a text. */
const charsetOf = (tag: string): string | undefined => {
  const own = /[\s"']charset\s*=\s*["']?([^\s;"'/>]+)/i;
  const content = /http-equiv\s*=\s*["']?content-type/i.test(tag)
    ? /charset\s*=\s*["']?([^\s;"'/>]+)/i
    : null;
  return (content?.exec(tag) ?? own.exec(tag.replace(/content\s*=\s*("[^"]*"|'[^']*')/gi, "")))?.[1];
};

const decoderFor = (label: string) => {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder("utf-8");
  }
};
