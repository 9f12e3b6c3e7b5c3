import { Refusal } from "./refusal.ts";

/** Encodings that spreadsheets and banks still write, beside those that a file's own mark tells. */
export const encodings = {
  "windows-1252": "Western European (Windows-1252, ISO 8859-1)",
  "windows-1250": "Central European (Windows-1250)",
  "iso-8859-2": "Central European (ISO 8859-2)",
  "windows-1251": "Cyrillic (Windows-1251)",
  macintosh: "Western European (old Macintosh)",
} as const;

/**
 * The text of a CSV file: UTF-8 or UTF-16 by its byte order mark, else in the encoding that is said (a label of WHATWG's Encoding standard), else
 * in UTF-8. Throws Refusal("bad-input") rather than guess.
 */
export const csvText = (bytes: ArrayBuffer, said: string | null = null): string => {
  const decode = decoderFor(new Uint8Array(bytes), said);
  return decode(bytes) + decode();
};

/** Decodes a file piece by piece, as its first bytes and what is said of it tell; called with nothing at its end. Throws what `csvText` throws. */
export const decoderFor = (
  first: Uint8Array,
  said: string | null,
): ((bytes?: ArrayBuffer | Uint8Array<ArrayBuffer>) => string) => {
  const label = marked(first) ?? said ?? "utf-8";
  const decoder = decoderOf(label);
  return (bytes) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new Refusal(
        "bad-input",
        label === "utf-8"
          ? "This file is not text in UTF-8. Say in which encoding it is, or save it as “CSV UTF-8”."
          : `This file is not text in the encoding “${label}”.`,
      );
    }
  };
};

const decoderOf = (label: string) => {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new Refusal("bad-input", `“${label}” is no encoding that is known.`);
  }
};

const marked = ([first, second, third]: Uint8Array): string | null => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
};
