import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { unpackCsv } from "#connectors/botify/unpack.ts";
import { never } from "../http/servers.ts";
import { tempFolder } from "./server.ts";

const rows = ['https://a.example/1,"a, b"', 'https://a.example/2,"x ""y"""', "https://a.example/3,Ünïcode"];
const table = `url,title\n${rows.join("\n")}\n`;
const values = [
  ["https://a.example/1", "a, b"],
  ["https://a.example/2", 'x "y"'],
  ["https://a.example/3", "Ünïcode"],
];
const withSeparator = (sign: string, end = "\n") =>
  [["url", "title"], ...values]
    .map((row) => row.map((value) => (/["|;\t]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)))
    .map((row) => row.join(sign) + end)
    .join("");

const unpack = async (file: Buffer | string) => {
  const folder = await tempFolder();
  const [from, to] = [join(folder, "download"), join(folder, "export.csv")];
  await writeFile(from, file);
  const unpacked = await unpackCsv({ from, to, signal: never, maxBytes: 1e9, maxRatio: 100 });
  return { ...unpacked, written: await readFile(to, "utf8") };
};

const zip = async (files: [name: string, text: string | Buffer][], mode = 0o100644): Promise<Buffer> => {
  const archive = new ZipFile();
  for (const [name, text] of files) archive.addBuffer(Buffer.from(text), name, { mode });
  archive.end();
  return buffer(archive.outputStream as Readable);
};
const part = (from: number, to: number) => `url,title\n${rows.slice(from, to).join("\n")}\n`;

test.each([
  ["a line of text", Buffer.from("\n<!-- from the cache -->\n")],
  ["NUL, more than any comment is long", Buffer.alloc(100_000)],
  ["more than a look at its end shows", Buffer.alloc(3_000_000, 0x20)],
  ["what looks like an end and is none", Buffer.from(`PK\x05\x06${"\x01".repeat(30)}`, "latin1")],
])("a zip is read in spite of what follows it, %s, and how much that is is told", async (_, behind) => {
  const packed = Buffer.concat([await zip([["export.csv", table]]), behind]);
  expect(await unpack(packed)).toMatchObject({ written: table, leftBytes: behind.length, format: "zip" });
});

test("a zip behind another one is refused, and so is one that ends too early though a whole one lies in it", async () => {
  const one = await zip([["export.csv", table]]);
  await expect(unpack(Buffer.concat([one, one]))).rejects.toThrow(
    /in front of a zip file, perhaps another one/,
  );
  const archive = new ZipFile();
  archive.addBuffer(one, "inner.zip", { compress: false });
  archive.addBuffer(Buffer.from(table), "export.csv");
  archive.end();
  const outer = await buffer(archive.outputStream as Readable);
  await expect(unpack(outer.subarray(0, -40))).rejects.toThrow(/cut on the way|is damaged/);
});

test.each([
  ["../export.csv", "xx/export.csv"],
  ["/etc/crontab", "xetc/crontab"],
  ["a/../../b.csv", "a/xx/xx/b.csv"],
])("a name that leads out of its folder, %s, has a sentence of its own", async (name, stood) => {
  const packed = await zip([[stood, table]]);
  const bytes = packed.toString("latin1").replaceAll(stood, name);
  await expect(unpack(Buffer.from(bytes, "latin1"))).rejects.toThrow(`“${name}”, a name that leads out`);
});

test.each([
  [
    "what editors and offices leave beside it",
    [
      ["~$e.csv", "x"],
      ["e.csv~", "x"],
      ["#e.csv#", "x"],
      [".~lock.e.csv#", "x"],
      ["e.csv", table],
    ],
  ],
  [
    "what file servers and Windows keep",
    [
      ["@eaDir/e.csv", "x"],
      ["$RECYCLE.BIN/e.csv", "x"],
      ["ehthumbs.db", "x"],
      ["e.csv", table],
    ],
  ],
  [
    "what Spark adds, in parts without an ending",
    [
      ["o/_SUCCESS", ""],
      ["o/part-00001", part(1, 3)],
      ["o/part-00000", part(0, 1)],
      ["o/.part-00000.crc", "x"],
    ],
  ],
  [
    "a copy of it",
    [
      ["e.csv", table],
      ["e (1).csv", table],
    ],
  ],
] as [string, [string, string][]][])("a zip gives its table once, without %s", async (_, files) => {
  expect((await unpack(await zip(files))).written).toBe(table);
});

test("of several parts the empty ones are left out and named, and where all are empty that is said", async () => {
  const found = await unpack(
    await zip([
      ["1.csv", part(0, 1)],
      ["2.csv", ""],
      ["3.csv", "\r\n \n"],
      ["4.csv", part(1, 3)],
    ]),
  );
  expect(found).toMatchObject({ written: table, emptyParts: ["2.csv", "3.csv"], joined: ["1.csv", "4.csv"] });
  await expect(
    unpack(
      await zip([
        ["1.csv", ""],
        ["2.csv", "\n"],
      ]),
    ),
  ).rejects.toThrow("All CSV files in the zip file are empty, “1.csv”, “2.csv”");
  await expect(unpack("  \r\n\t\n")).rejects.toThrow("The downloaded file is empty");
});

test.each([
  ["tabs between the values", withSeparator("\t")],
  ["semicolons between the values", withSeparator(";", "\r\n")],
  ["bars between the values", gzipSync(withSeparator("|"))],
  ["tabs between the values", `sep=\t\r\n${withSeparator("\t")}`],
  ["tabs between the values", Buffer.from(`\uFEFF${withSeparator("\t")}`, "utf16le")],
  ["carriage returns alone as line breaks", table.replaceAll("\n", "\r")],
  ["two carriage returns in its line breaks", table.replaceAll("\n", "\r\r\n")],
  ["semicolons between the values and carriage returns alone as line breaks", withSeparator(";", "\r")],
])("a table with %s is kept with commas, and that is told", async (writtenWith, file) => {
  expect(await unpack(file)).toMatchObject({ written: table, writtenWith, rows: 3, preview: values });
});

test("parts that are written differently are joined", async () => {
  const packed = await zip([
    ["1.csv", part(0, 1)],
    ["2.csv", 'url;title\nhttps://a.example/2;"x ""y"""\nhttps://a.example/3;Ünïcode\n'],
  ]);
  expect((await unpack(packed)).written).toBe(table);
});

test.each([
  [
    "semicolons and bars in values, and rows that differ",
    "url,title\nhttps://a.example/1,a;b|c\nError; try\n",
  ],
  ["one column of addresses", "url\nhttps://a.example/1,2;3\nhttps://a.example/2\n"],
  ["carriage returns in a quoted value", 'url,title\nhttps://a.example/1,"a\rb\rc"\n'],
])("a table with commas stays as it is, with %s", async (_, text) => {
  expect(await unpack(text)).toMatchObject({ written: text, writtenWith: null });
});

test("what is rewritten keeps bytes that are no UTF-8, a last row without a line break, and quotes that do not end", async () => {
  const latin = await unpack(Buffer.from("url;title\nhttps://a.example/1;Café", "latin1"));
  expect(latin).toMatchObject({ isUtf8: false, sizeBytes: 34, oddEnd: { row: 1, why: "open" } });
  await expect(unpack('url;title\nhttps://a.example/1;"half')).rejects.toThrow(
    "in the middle of a quoted value",
  );
  const long = `url;title\n${Array.from({ length: 40_000 }, (_, n) => `https://a.example/${n};"a,${n}"`).join("\n")}`;
  expect(await unpack(long)).toMatchObject({ rows: 40_000, written: long.replaceAll(";", ",") });
});

const tar = (): Buffer => {
  const header = Buffer.alloc(512);
  header.write("export.csv");
  header.write("        ", 148);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return Buffer.concat([header, Buffer.from(table)]);
};

test.each([
  ["a tar archive", gzipSync(tar())],
  ["packed by compress (.Z)", Buffer.from("1f9d90", "hex")],
  ["packed by zlib, without gzip's header", deflateSync(table)],
  ["packed by gzip and spoiled by a program that took it for text", gzipSync(table).toString("utf8")],
  ["packed by gzip behind a line break", Buffer.concat([Buffer.from("\r\n"), gzipSync(table)])],
  ["a database of SQLite", "SQLite format 3\0"],
  ["an ORC file", "ORC\x08\x01"],
  ["nothing but NUL bytes", Buffer.alloc(4_096)],
  ["written in base64", Buffer.from(table.repeat(9)).toString("base64")],
  ["JSON, an object in each line", '{"url":"a"}\n{"url":"b"}\n'],
  ["a JSON list", '[\n {"url": "a"}]'],
  ["an XML document", '<?xml version="1.0"?>\n<rows><row/></rows>'],
  ["an XML workbook of Excel", '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'],
  ["no CSV but a web page", "<table><tr><td>url</td></tr></table>"],
  ["no CSV but an XML message", "<Error><Code>AccessDenied</Code></Error>"],
  ["no CSV but a JSON message", '{\n "error": "expired"\n}'],
  ["the whole answer of a web server", `HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n${table}`],
  ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d\n"],
  ["only an address", "https://bucket.example/export.csv.gz?signature=x\n"],
  ["a table in Markdown", "| url | title |\n|---|---|\n| x | y |\n"],
])("a file that is %s is refused by that name", async (name, file) => {
  await expect(unpack(file)).rejects.toMatchObject({
    code: "remote-odd",
    message: expect.stringContaining(`The downloaded file is ${name}`),
  });
});

test.each([
  [
    "a workbook or another document of an office",
    () =>
      zip([
        ["[Content_Types].xml", "<x/>"],
        ["xl/workbook.xml", "<x/>"],
      ]),
  ],
  [
    "“export.csv” more than once",
    async () =>
      renamed(
        await zip([
          ["export.csv", table],
          ["exporT.csv", part(0, 2)],
        ]),
      ),
  ],
  ["packed by Deflate64", async () => withMethod(await zip([["export.csv", table]]), 9)],
  ["packed by method 42", async () => withMethod(await zip([["export.csv", table]]), 42)],
])("a zip says that it is, or holds, %s", async (name, packed) => {
  await expect(packed().then(unpack)).rejects.toThrow(name);
});

const renamed = (packed: Buffer): Buffer =>
  Buffer.from(packed.toString("latin1").replaceAll("exporT", "export"), "latin1");

/** As the directory tells it, where readers look. */
const withMethod = (packed: Buffer, method: number): Buffer => {
  packed.writeUInt16LE(method, packed.indexOf("PK\x01\x02", 0, "latin1") + 10);
  return packed;
};

test("words that begin as files of other kinds do are a header", async () => {
  for (const word of ["ORC", "MZ", "PAR1", "LZIP", "x^", "BZ", "7z"])
    expect((await unpack(`${word}1,title\na,b\n`)).header).toEqual([`${word}1`, "title"]);
});
