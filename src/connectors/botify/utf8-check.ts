import { isUtf8 } from "node:buffer";

/** Tells whether bytes that come in pieces are UTF-8, wherever they are cut. */
export const createUtf8Check = (): { add(chunk: Buffer): void; finish(): boolean } => {
  let valid = true;
  // The beginning of a character whose rest is still to come.
  let begun: Buffer = Buffer.alloc(0);
  return {
    add: (chunk) => {
      if (!valid) return;
      const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
      const end = bytes.length - begunAtEnd(bytes);
      valid = isUtf8(bytes.subarray(0, end));
      begun = Buffer.from(bytes.subarray(end));
    },
    finish: () => valid && begun.length === 0,
  };
};

/** How many bytes at the end begin a character of more bytes (RFC 3629). */
const begunAtEnd = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes.at(-back) ?? 0;
    if (byte < 0x80) return 0;
    const long = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (long > 0) return long > back ? back : 0;
  }
  return 0;
};
