import { AppError } from "#core/errors.ts";

/** So many bytes of a file are enough to name what it is. */
export const tellingBytes = 512;

/** How files begin that are no texts, by the names that people know (in part of the list of file(1)). */
const binaries: readonly [string, string][] = [
  ["\x1f\x8b", "packed by gzip more than twice"],
  ["\x1f\xef\xbf\xbd\x08", "packed by gzip and spoiled by a program that took it for text"],
  ["\x1f\x9d", "packed by compress (.Z)"],
  ["\x78\x01", "packed by zlib, without gzip's header"],
  ["\x78\x9c", "packed by zlib, without gzip's header"],
  ["\x78\xda", "packed by zlib, without gzip's header"],
  ["PK\x03\x04", "a zip file within another archive, or a workbook"],
  ["BZh91AY", "packed by bzip2"],
  ["\xfd7zXZ\0", "packed by xz"],
  ["\x5d\0\0", "packed by LZMA"],
  ["\x28\xb5\x2f\xfd", "packed by Zstandard"],
  ["\x04\x22\x4d\x18", "packed by LZ4"],
  ["\xff\x06\0\0sNaPpY", "packed by Snappy"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
  ["MSCF\0", "a cabinet of Windows"],
  ["Obj\x01", "an Avro file"],
  ["SQLite format 3\0", "a database of SQLite"],
  ["\x89HDF", "an HDF5 file"],
  ["%PDF-", "a PDF"],
  ["\xd0\xcf\x11\xe0", "an old workbook of Excel"],
  ["\x89PNG", "a picture"],
  ["\xff\xd8\xff", "a picture"],
  ["GIF89a", "a picture"],
  ["\x7fELF", "a program"],
  ["Salted__", "encrypted by OpenSSL"],
  ["age-encryption.org/", "encrypted by age"],
];

/** The same of those that may be the first letters of a text, so that more must tell them. */
const alsoTexts: readonly [string, string][] = [
  ["PAR1", "a Parquet file"],
  ["ORC", "an ORC file"],
  ["ARROW1", "an Arrow file"],
  ["FEA1", "an Arrow file"],
  ["LZIP", "packed by lzip"],
  ["MZ", "a program"],
];

const texts: readonly [RegExp, string][] = [
  [/^\[\s*[[{"\]]/, "a JSON list"],
  [/^<[\s\S]*(<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet)/, "an XML workbook of Excel"],
  [/^HTTP\/[\d.]+ \d{3}/, "the whole answer of a web server, with its headers"],
  [/^--\S+\r?\nContent-/i, "a message of several parts (multipart)"],
  [/^(From|To|Date|Received|Return-Path|Subject|MIME-Version): .*\r?\n([\w-]+: |\s)/, "an e-mail"],
  [/^version https:\/\/git-lfs\./, "a pointer of Git LFS to a file that lies elsewhere"],
  [/^\[InternetShortcut\]/i, "a shortcut to an address"],
  [/^https?:\/\/\S+\s*$/, "only an address, perhaps that of the file"],
  [/^data:[\w.+-]*\/[\w.+-]*[;,]/, "an address that holds the file within itself (data:)"],
  [/^-----BEGIN PGP MESSAGE/, "encrypted by PGP"],
  [/^\{\\rtf/, "a document in RTF"],
  [/^begin(-base64)? [0-7]{3,4} /, "written in uuencode"],
  [/^[A-Za-z0-9+/\r\n]{64,}={0,2}\s*$/, "written in base64"],
  [
    /^(INSERT INTO|CREATE TABLE|PRAGMA |BEGIN TRANSACTION|-- (MySQL|PostgreSQL|MariaDB))/i,
    "statements of SQL",
  ],
  [/^\|.*\|[ \t]*\r?\n\|[-:| ]+\|/, "a table in Markdown"],
  [/^(%YAML|---\r?\n|- [\w-]+: )/, "YAML"],
  [/^#!\s?\//, "a script"],
];

const columnInBrackets = /^<[^<>]*>\s*[,;\t]/;
const webPage = /^(<!--[\s\S]*?-->\s*)?<(!doctype html|html|head|body|title|meta|table|div|script)\b/i;

/** Throws AppError("remote-odd") with the name of what a file is that is no text, told by its first bytes. */
export const refuseBinary = (beginning: Buffer): void => {
  const kind = binaryKind(beginning);
  if (kind !== undefined) throw unreadable(kind);
};

const binaryKind = (beginning: Buffer): string | undefined => {
  const begin = beginning.toString("latin1");
  const named = (kinds: readonly [string, string][]) => kinds.find(([bytes]) => begin.startsWith(bytes))?.[1];
  if (isTar(beginning)) return "a tar archive";
  if (begin.length > 0 && beginning.every((byte) => byte === 0))
    return "nothing but NUL bytes, as where room was set aside and never filled";
  if (begin.trimStart().startsWith("\x1f\x8b\x08") && !begin.startsWith("\x1f"))
    return "packed by gzip behind a line break that is no part of it";
  return named(binaries) ?? (beginning.some(isControl) ? named(alsoTexts) : undefined);
};

/** Tab, line feed and carriage return are the only ones that texts hold. */
export const isControl = (byte: number): boolean =>
  byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d;

/** The same of a text that is no table; an error of the server that keeps the files is told as such. */
export const refuseText = (text: string): void => {
  const begin = text.trimStart();
  if (columnInBrackets.test(begin)) return;
  const message = (kind: string) =>
    new AppError(
      "remote-odd",
      `The downloaded file is no CSV but ${kind}, probably an error of the server that keeps the files.`,
      { detail: begin.slice(0, 200) },
    );
  if (/^\{\s*["}]/.test(begin))
    throw isLines(begin) ? unreadable("JSON, an object in each line") : message("a JSON message");
  const kind = texts.find(([pattern]) => pattern.test(begin))?.[1];
  if (kind !== undefined) throw unreadable(kind);
  if (webPage.test(begin)) throw message("a web page");
  if (/^<[a-z!?]/i.test(begin))
    throw /error|fault|exception|denied|expired/i.test(begin)
      ? message("an XML message")
      : unreadable("an XML document");
};

const isLines = (begin: string): boolean => /^\{.*\}[ \t]*\r?\n\{/.test(begin);

const unreadable = (kind: string): AppError =>
  new AppError(
    "remote-odd",
    `The downloaded file is ${kind}, which Milepost cannot read; it reads CSV, plain or packed as gzip or zip.`,
  );

/** Its first header holds the sum of its own bytes, that field itself taken as spaces (POSIX, ustar). */
const isTar = (beginning: Buffer): boolean => {
  if (beginning.length < tellingBytes || beginning[0] === 0) return false;
  const header = Buffer.from(beginning.subarray(0, tellingBytes));
  const told = Number.parseInt(header.toString("latin1", 148, 156).replaceAll("\0", " ").trim(), 8);
  header.fill(" ", 148, 156);
  return header.reduce((sum, byte) => sum + byte, 0) === told;
};
