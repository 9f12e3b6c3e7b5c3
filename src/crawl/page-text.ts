/** Within so many bytes a page has to tell its encoding (HTML standard, "prescan a byte stream"). */
const prescanBytes = 1_024;

/** A page as text: in the encoding of a byte order mark, else the one that the header tells, else the page's own `meta`, else UTF-8. */
export const pageText = (bytes: Buffer, contentType: string): string => {
  const told = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  return decoderFor(marked(bytes) ?? told ?? declared(bytes)).decode(bytes);
};

const marked = ([one, two]: Buffer): string | null => {
  if (one === 0xfe && two === 0xff) return "utf-16be";
  return one === 0xff && two === 0xfe ? "utf-16le" : null;
};

const declared = (bytes: Buffer): string => {
  const beginning = bytes.toString("latin1", 0, prescanBytes);
  return /<meta[^>]+charset\s*=\s*["']?([^\s;"'/>]+)/i.exec(beginning)?.[1] ?? "utf-8";
};

const decoderFor = (label: string) => {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder("utf-8");
  }
};
