import { AppError } from "#core/errors.ts";
import { refuseBinary, tellingBytes } from "./other-kinds.ts";

/** Byte order marks (Unicode 16, D14 and UTS #6, UTR #16, UTN #6; GB 18030), the longer first where one begins like another. */
const marks: readonly { bytes: readonly number[]; name: string; label?: string }[] = [
  { bytes: [0xff, 0xfe, 0x00, 0x00], name: "UTF-32, little-endian" },
  { bytes: [0x00, 0x00, 0xfe, 0xff], name: "UTF-32, big-endian" },
  { bytes: [0x84, 0x31, 0x95, 0x33], name: "GB 18030", label: "gb18030" },
  { bytes: [0xdd, 0x73, 0x66, 0x73], name: "UTF-EBCDIC" },
  { bytes: [0xef, 0xbb, 0xbf], name: "UTF-8", label: "utf-8" },
  { bytes: [0x2b, 0x2f, 0x76], name: "UTF-7" },
  { bytes: [0xf7, 0x64, 0x4c], name: "UTF-1" },
  { bytes: [0x0e, 0xfe, 0xff], name: "SCSU" },
  { bytes: [0xfb, 0xee, 0x28], name: "BOCU-1" },
  { bytes: [0xff, 0xfe], name: "UTF-16, little-endian", label: "utf-16le" },
  { bytes: [0xfe, 0xff], name: "UTF-16, big-endian", label: "utf-16be" },
];

/**
 * A text as UTF-8 without its byte order mark. Without a mark, and in UTF-8, the bytes are passed on as they are; `told` gets the name of
 * any other encoding. Throws AppError("remote-odd") with the name of one that cannot be converted, or of what is no text.
 */
export const asUtf8 = async function* (
  content: AsyncIterable<Buffer>,
  told: (encoding: string) => void,
): AsyncGenerator<Buffer> {
  const chunks = content[Symbol.asyncIterator]();
  try {
    const beginning = await readBeginning(chunks);
    const mark = marks.find(({ bytes }) => bytes.every((byte, at) => beginning[at] === byte));
    if (mark !== undefined && mark.label === undefined)
      throw new AppError(
        "remote-odd",
        `The downloaded file is written in ${mark.name}, which Milepost cannot read; it reads UTF-8 and UTF-16.`,
      );
    if (mark === undefined) refuseBinary(beginning);
    let rest = beginning.subarray(mark?.bytes.length ?? 0);
    // Programs that put a mark before what has one already are many.
    while (mark?.label === "utf-8" && mark.bytes.every((byte, at) => rest[at] === byte))
      rest = rest.subarray(mark.bytes.length);
    if (mark === undefined || mark.label === "utf-8") {
      if (rest.length > 0) yield rest;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
      return;
    }
    told(mark.name);
    const decoder = new TextDecoder(mark.label, { ignoreBOM: true });
    yield Buffer.from(decoder.decode(rest, { stream: true }));
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      yield Buffer.from(decoder.decode(next.value, { stream: true }));
    yield Buffer.from(decoder.decode());
  } finally {
    await chunks.return?.();
  }
};

const readBeginning = async (chunks: AsyncIterator<Buffer>): Promise<Buffer> => {
  let beginning: Buffer = Buffer.alloc(0);
  while (beginning.length < tellingBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    beginning = beginning.length === 0 ? next.value : Buffer.concat([beginning, next.value]);
  }
  return beginning;
};
