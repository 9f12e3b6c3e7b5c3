/** Counts the records of a CSV file while its bytes pass by. */
export interface RecordCounter {
  /** Takes the next piece; pieces may be cut anywhere. */
  add(chunk: Uint8Array): void;
  /** Records so far whose end was seen. Empty lines are none. */
  readonly records: number;
  /** How many bytes the records so far and the empty lines between them take. */
  readonly endBytes: number;
  /** Where the newest record begins, in bytes. */
  readonly lastAtBytes: number;
  /** Within a quoted value, where a file that ends was cut. */
  readonly inQuotes: boolean;
  /** Records that have another number of values than the first one, the header. */
  readonly uneven: Odd;
  /** Records after the header whose first value is no address of http or https. */
  readonly unaddressed: Odd;
  /** Ends the file: a last record without a line break counts too. Gives how many there were. */
  finish(): number;
}

/** How many rows, and which the first few of them are, 1 for the first row. */
export interface Odd {
  count: number;
  rows: number[];
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const lineStart = 0;
const fieldStart = 1;
const plain = 2;
const quoted = 3;
/** After a quote within quotes: either the first of a doubled one or the end of the value. */
const quoteSeen = 4;

/** Values are short, and to call `indexOf` takes as long as to look at so many bytes. */
const nearBytes = 128;

const mostTold = 5;

const note = (odd: Odd, row: number): void => {
  odd.count++;
  if (odd.rows.length < mostTold) odd.rows.push(row);
};

/** `"https:` */
const longestScheme = 7;
const [h, t, p, s] = [0x68, 0x74, 0x70, 0x73];
const colon = 0x3a;
/** Set in small letters of ASCII. */
const lower = 0x20;

const isAddress = (bytes: Buffer, at: number): boolean => {
  const letter = (index: number) => (bytes[at + index] ?? 0) | lower;
  if (letter(0) !== h || letter(1) !== t || letter(2) !== t || letter(3) !== p) return false;
  return bytes[at + 4] === colon || (letter(4) === s && bytes[at + 5] === colon);
};

/**
 * RFC 4180 as a state machine over bytes: a quote opens only at the start of a field, a line break within quotes is no record's end.
 * UTF-8 needs no decoding, since none of its multi-byte sequences holds an ASCII byte.
 */
export const createRecordCounter = (): RecordCounter => {
  let state = lineStart;
  let records = 0;
  let seenBytes = 0;
  let endBytes = 0;
  let lastAtBytes = 0;
  let commas = 0;
  let headerCommas = 0;
  const uneven: Odd = { count: 0, rows: [] };
  const unaddressed: Odd = { count: 0, rows: [] };
  /** The beginning of a record that is longer than what came of it so far. */
  let begun: Buffer | null = null;

  const recordEnds = () => {
    if (begun !== null) judge(begun);
    records++;
    if (records === 1) headerCommas = commas;
    else if (commas !== headerCommas) note(uneven, records - 1);
    commas = 0;
  };
  const recordBegins = (bytes: Buffer, at: number) => {
    lastAtBytes = seenBytes + at;
    if (records === 0) return;
    if (bytes.length - at < longestScheme) begun = bytes.subarray(at);
    else judge(bytes, at);
  };
  const judge = (bytes: Buffer, at = 0) => {
    begun = null;
    if (!isAddress(bytes, bytes[at] === quote ? at + 1 : at)) note(unaddressed, records);
  };

  return {
    add(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const length = bytes.length;
      if (begun !== null) {
        const longer: Buffer = Buffer.concat([begun, bytes.subarray(0, longestScheme)]);
        if (longer.length < longestScheme) begun = longer;
        else judge(longer);
      }
      // Locals, because variables of a closure make this loop more than twice as slow.
      let now = state;
      let at = 0;
      while (at < length) {
        if (now === quoted) {
          const near = Math.min(length, at + nearBytes);
          let end = at;
          while (end < near && bytes[end] !== quote) end++;
          if (end === near) end = bytes.indexOf(quote, near);
          if (end === -1) break;
          now = quoteSeen;
          at = end + 1;
          continue;
        }
        let byte = bytes[at++];
        if (now === lineStart && byte !== lineFeed && byte !== carriageReturn) recordBegins(bytes, at - 1);
        if (now === plain) while (byte !== lineFeed && byte !== comma && at < length) byte = bytes[at++];
        if (byte === lineFeed) {
          if (now !== lineStart) recordEnds();
          now = lineStart;
          endBytes = seenBytes + at;
        } else if (byte === comma) {
          commas++;
          now = fieldStart;
        } else if (byte === quote) now = now === plain ? plain : quoted;
        // A lone carriage return before the line feed leaves an empty line empty.
        else if (byte !== carriageReturn || now !== lineStart) now = plain;
      }
      state = now;
      seenBytes += length;
    },
    get records() {
      return records;
    },
    get endBytes() {
      return endBytes;
    },
    get lastAtBytes() {
      return lastAtBytes;
    },
    get inQuotes() {
      return state === quoted;
    },
    uneven,
    unaddressed,
    finish() {
      if (state !== lineStart) recordEnds();
      state = lineStart;
      return records;
    },
  };
};
