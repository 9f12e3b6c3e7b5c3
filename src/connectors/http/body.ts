import type { IncomingHttpHeaders } from "node:http";
import { Duplex, pipeline, Readable, Transform } from "node:stream";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { NetworkError } from "./network-error.ts";

/** The beginning of a body, up to `mostBytes`. */
export interface Beginning {
  bytes: Buffer;
  /** What came over the network for it, perhaps packed. */
  wireBytes: number;
  /** False: there was more, which was not read. */
  whole: boolean;
}

/**
 * Reads a body, undoing its Content-Encoding also where nobody asked for one. The limit counts decoded bytes as they come, so that
 * a small answer cannot grow large; beyond it the connection ends. Throws what the stream threw, and NetworkError for an unknown encoding.
 */
export const readBody = async (
  body: Readable,
  headers: IncomingHttpHeaders,
  mostBytes: number,
  heard: (bytes: Buffer) => void = () => {},
): Promise<Beginning> => {
  let wireBytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _, passOn) => {
      wireBytes += chunk.length;
      passOn(null, chunk);
    },
  });
  const decoded = decode(body, headers, counted);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      heard(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > mostBytes) break;
    }
  } finally {
    discard(decoded);
    discard(body);
  }
  const whole = sizeBytes <= mostBytes;
  return { bytes: Buffer.concat(chunks).subarray(0, mostBytes), wireBytes, whole };
};

/** Lets go of a body; what is thrown away unread ends with an error that nobody else listens to. */
export const discard = (body: Readable): void => {
  body.on("error", () => undefined).destroy();
};

/** RFC 9110 (8.4) allows several in a row, in the order in which they were applied; nobody means more than two. */
const decode = (body: Readable, headers: IncomingHttpHeaders, counted: Transform): Readable => {
  const encodings = String(headers["content-encoding"] ?? "")
    .toLowerCase()
    .split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding !== "identity");
  const [unknown = null] = encodings.filter((encoding) => !decoders.has(encoding));
  if (unknown !== null || encodings.length > 2) {
    discard(body);
    const how =
      unknown === null ? "more than twice" : `in a way that is not known here (“${unknown.slice(0, 40)}”)`;
    throw new NetworkError("too-odd", `The answer is compressed ${how}.`);
  }
  return encodings.reduceRight<Readable>(
    (from, encoding) => pipeline(from, (decoders.get(encoding) ?? createGunzip)(), () => undefined),
    pipeline(body, counted, () => undefined),
  );
};

/** As browsers do: what ends early or is empty is given as far as it goes. Whether all of it came, the connection has told. */
const lenient = { finishFlush: constants.Z_SYNC_FLUSH };

/** Many servers leave the zlib header away that "deflate" means (RFC 9110, 8.4.1.2); browsers take both. */
const createAnyInflate = (): Duplex =>
  Duplex.from(async function* (body: AsyncIterable<Buffer>) {
    const chunks = body[Symbol.asyncIterator]();
    const { value: first, done } = await chunks.next();
    if (done === true || first[0] === undefined) return;
    const rest = async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => chunks };
    };
    const inflate = (first[0] & 0x0f) === 8 ? createInflate(lenient) : createInflateRaw(lenient);
    yield* pipeline(Readable.from(rest()), inflate, () => undefined) as AsyncIterable<Buffer>;
  });

const decoders: ReadonlyMap<string, () => NodeJS.ReadWriteStream & Readable> = new Map([
  ["gzip", () => createGunzip(lenient)],
  ["x-gzip", () => createGunzip(lenient)],
  ["deflate", createAnyInflate],
  ["br", () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
  ["zstd", () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush })],
]);
