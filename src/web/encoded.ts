import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;
export type Coding = "br" | "gzip";

/** What a reader is sent, and the headers that say how it is to be read. */
export interface ForReader {
  /** Null: as they are. */
  coding: Coding | null;
  bytes: Bytes;
  headers: Readonly<Record<string, string>>;
}

/** Bytes that are compressed at most once in each way, when the first reader of that kind asks. */
export interface Encoded {
  plain: Bytes;
  /** Whether compressing it is worth it for nobody. */
  isSmall: boolean;
  /** Always the same object for the same coding. */
  in(coding: Coding | null): Promise<ForReader>;
}

/** Below this a compressed answer needs as many packets as a plain one. */
const leastBytes = 1_024;

const compress = {
  br: (bytes: Bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        // Above 5 it takes many times as long for a few percent; what is sent to many is still made only once.
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes: Bytes) => promisify(gzip)(bytes),
} as const satisfies Record<Coding, (bytes: Bytes) => Promise<Buffer>>;

const encoder = new TextEncoder();

const vary = { Vary: "Accept-Encoding" };

export const encoded = (text: string): Encoded => {
  let bytes: Bytes | undefined;
  const made = new Map<Coding | null, Promise<ForReader>>();
  const all = {
    // A text that leaves as it is needs no bytes of ours.
    get plain() {
      bytes ??= encoder.encode(text);
      return bytes;
    },
    isSmall: text.length < leastBytes && Buffer.byteLength(text) < leastBytes,
    in: (coding: Coding | null) => {
      const there = made.get(coding) ?? make(coding);
      made.set(coding, there);
      return there;
    },
  };
  const make = async (coding: Coding | null): Promise<ForReader> =>
    coding === null
      ? {
          coding,
          get bytes() {
            return all.plain;
          },
          headers: vary,
        }
      : {
          coding,
          bytes: new Uint8Array(await compress[coding](all.plain)),
          headers: { ...vary, "Content-Encoding": coding },
        };
  return all;
};

/** `accepts`: the reader's Accept-Encoding. */
export const forReader = (body: Encoded, accepts: string | undefined): Promise<ForReader> =>
  body.in(body.isSmall ? null : codingOf(accepts));

/** The best coding that a reader accepts (RFC 9110, section 12.5.3); null: none of ours. */
export const codingOf = (accepts = ""): Coding | null => {
  const there = known.get(accepts);
  if (there !== undefined) return there;
  const coding = readCoding(accepts);
  if (known.size < mostKnown) known.set(accepts, coding);
  return coding;
};

/** There are few kinds of browsers; whoever says ever new things fills no memory. */
const mostKnown = 100;
const known = new Map<string, Coding | null>();

const readCoding = (accepts: string): Coding | null => {
  const refused = new Set<string>();
  const wanted = new Set<string>();
  for (const part of accepts.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((one) => one.trim());
    (parameters.some((one) => /^q=0(\.0*)?$/.test(one)) ? refused : wanted).add(name);
  }
  const takes = (coding: Coding) => !refused.has(coding) && (wanted.has(coding) || wanted.has("*"));
  return takes("br") ? "br" : takes("gzip") ? "gzip" : null;
};
