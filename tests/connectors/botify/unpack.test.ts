import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { createRecordCounter } from "#connectors/botify/csv-records.ts";
import { type UnpackOptions, unpackCsv } from "#connectors/botify/unpack.ts";
import { createUtf8Check } from "#connectors/botify/utf8-check.ts";
import { never, rejection } from "../http/servers.ts";
import { tempFolder } from "./server.ts";

const table = 'url,title\nhttps://a.example/,"Line\nbreak, ""quotes"""\nhttps://b.example/,Ünïcode\n';

const unpack = async (packed: Buffer, options: Partial<UnpackOptions> = {}) => {
  const folder = await tempFolder();
  const from = join(folder, "download");
  const to = join(folder, "export.csv");
  await writeFile(from, packed);
  const run = () => unpackCsv({ from, to, signal: never, maxBytes: 1e9, maxRatio: 100, ...options });
  return { run, written: () => readFile(to, "utf8"), names: () => readdir(folder) };
};

const zip = (files: Record<string, string | Buffer>): Promise<Buffer> => {
  const archive = new ZipFile();
  for (const [name, text] of Object.entries(files)) archive.addBuffer(Buffer.from(text), name);
  archive.end();
  return buffer(archive.outputStream as Readable);
};

describe("unpacking", () => {
  it("refuses a zip whose table is a link to another file, and one of more files than any export has", async () => {
    const linked = new ZipFile();
    linked.addBuffer(Buffer.from("/etc/passwd"), "export.csv", { mode: 0o120777 });
    linked.end();
    const link = await unpack(await buffer(linked.outputStream as Readable));
    await expect(link.run()).rejects.toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("only a link"),
    });
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`${at}.txt`, ""]));
    const full = await unpack(await zip({ ...many, "export.csv": table }));
    await expect(full.run()).rejects.toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("more than 1,000 files"),
    });
  });

  it.each([
    ["gzip", "gzip", () => gzipSync(table)],
    [
      "several gzip members",
      "gzip",
      () => Buffer.concat([gzipSync(table.slice(0, 30)), gzipSync(""), gzipSync(table.slice(30))]),
    ],
    ["a plain file", "plain", () => Buffer.from(table)],
    ["a zip file", "zip", () => zip({ "export.csv": table })],
    ["a zip file whose only member has another name", "zip", () => zip({ export: table })],
    ["a file that was packed twice", "gzip", () => gzipSync(gzipSync(table))],
    [
      "a packed file within a zip file",
      "zip",
      () => zip({ "export.csv.gz": gzipSync(table), "read.me": "" }),
    ],
    ["a BOM", "gzip", () => gzipSync(`\uFEFF${table}`)],
    ["a sep line", "gzip", () => gzipSync(`sep=,\n${table}`)],
    ["a BOM and a sep line with CRLF", "gzip", () => gzipSync(`\uFEFFsep=,\r\n${table}`)],
  ])("gives the same clean file from %s", async (_, format, packed) => {
    const { run, written, names } = await unpack(await packed());
    expect(await run()).toEqual({
      format,
      sizeBytes: Buffer.byteLength(table),
      rows: 2,
      sha256: createHash("sha256").update(table).digest("hex"),
      header: ["url", "title"],
      preview: [
        ["https://a.example/", 'Line\nbreak, "quotes"'],
        ["https://b.example/", "Ünïcode"],
      ],
      otherMembers: format === "zip" && packed.toString().includes("read.me") ? ["read.me"] : [],
      joined: [],
      emptyParts: [],
      writtenWith: null,
      encoding: null,
      leftBytes: 0,
      uneven: { count: 0, rows: [] },
      oddEnd: null,
      unaddressed: { count: 0, rows: [] },
      binaryHeader: false,
      isUtf8: true,
    });
    expect(await written()).toBe(table);
    expect(await names()).toEqual(["download", "export.csv"]);
  });

  it.each([
    ["the CSV among others", { "readme.txt": "hello", "a/one.CSV": table }, ["readme.txt"]],
    [
      "not the twins that a Mac makes",
      { "__MACOSX/._e.csv": "Mac OS X", "._e.csv": "x", "e.csv": table },
      [],
    ],
    ["nothing hidden", { ".cache/e.csv": "x", "e.csv": table, "Thumbs.db": "x", "desktop.ini": "x" }, []],
    ["the only file, whatever its name", { "__MACOSX/._export": "Mac OS X", export: table }, []],
  ])("takes of a zip %s", async (_, files, otherMembers) => {
    const { run, written } = await unpack(await zip(files));
    expect(await run()).toMatchObject({ rows: 2, otherMembers, joined: [] });
    expect(await written()).toBe(table);
  });

  it("joins the parts of a zip in the order of their numbers, under one header", async () => {
    const { run, written } = await unpack(
      await zip({
        "part-10.csv": "url,title\nten,x",
        "part-2.csv": `\uFEFFurl,title\n"two\n",x`,
        "part-1.csv": "sep=,\nurl,title\none,x\n",
      }),
    );
    expect(await run()).toMatchObject({ rows: 3, joined: ["part-1.csv", "part-2.csv", "part-10.csv"] });
    expect(await written()).toBe('url,title\none,x\n"two\n",x\nten,x\n'.trimEnd());
  });

  it.each([
    ["UTF-16, little-endian", Buffer.from(`\uFEFF${table}`, "utf16le")],
    ["UTF-16, big-endian", Buffer.from(`\uFEFF${table}`, "utf16le").swap16()],
    [
      "GB 18030",
      Buffer.concat([
        Buffer.from("84319533", "hex"),
        Buffer.from('url,title\nhttps://a.example/,"Line\nbreak"\nb,'),
      ]),
    ],
  ])("converts %s, which it tells by its mark", async (encoding, packed) => {
    const { run, written } = await unpack(gzipSync(packed));
    expect(await run()).toMatchObject({ rows: 2, header: ["url", "title"], encoding, binaryHeader: false });
    expect(await written()).not.toContain("\uFFFD");
    if (encoding.startsWith("UTF-16")) expect(await written()).toBe(table);
  });

  it("takes away a mark that stands before another", async () => {
    const { run, written } = await unpack(gzipSync(`\uFEFF\uFEFF${table}`));
    expect(await run()).toMatchObject({ header: ["url", "title"], encoding: null });
    expect(await written()).toBe(table);
  });

  it.each([
    ["after one member", [gzipSync(table), Buffer.from("behind the end")], 14],
    ["after several", [gzipSync(table.slice(0, 40)), gzipSync(table.slice(40)), Buffer.alloc(300, 7)], 300],
    ["of NUL, as tapes are filled up", [gzipSync(table), Buffer.alloc(1_024)], 0],
  ])("leaves bytes behind the end of a gzip file, %s, and says how many", async (_, packed, leftBytes) => {
    const { run, written } = await unpack(Buffer.concat(packed));
    expect(await run()).toMatchObject({ rows: 2, leftBytes });
    expect(await written()).toBe(table);
  });

  it.each([
    ["an error line instead of rows", "a,b\n1,2\n3,4\nError: quota exceeded\n", { count: 1, rows: [3] }],
    ["a row that was cut", 'a,b\n1,2\n"3', null],
    ["commas in quotes, which are none", 'a,b\n"1,1",2\n3,"4,4"', { count: 0, rows: [] }],
    ["many, of which the first are told", `a,b\n${"x\n".repeat(9)}`, { count: 9, rows: [1, 2, 3, 4, 5] }],
  ])("tells rows that do not fit the header: %s", async (_, text, uneven) => {
    const { run } = await unpack(Buffer.from(text));
    if (uneven === null) expect(await rejection(run())).toMatchObject({ code: "remote-odd" });
    else expect(await run()).toMatchObject({ uneven });
  });

  it("tells bytes that are no UTF-8, and takes no character for such, wherever the bytes are cut", () => {
    const told = (bytes: Buffer, pieces: number) => {
      const check = createUtf8Check();
      for (let at = 0; at < bytes.length; at += pieces) check.add(bytes.subarray(at, at + pieces));
      return check.finish();
    };
    const good = Buffer.from("a,é,€,😀,\u{10FFFF}\n");
    for (let pieces = 1; pieces <= good.length; pieces++) {
      expect([pieces, told(good, pieces)]).toEqual([pieces, true]);
      for (const bad of [
        Buffer.from("Café,M\xfcller\n", "latin1"),
        good.subarray(0, 6),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from([0xed, 0xa0, 0x80]),
      ])
        expect([pieces, bad, told(bad, pieces)]).toEqual([pieces, bad, false]);
    }
  });

  it("tells rows that begin with no address of a page, wherever the bytes are cut", async () => {
    const rows = [
      "https://a.example/,1",
      '"http://b.example/",2',
      "HTTPS://c.example/,3",
      "x",
      "Error: slow, try later",
    ];
    const text = Buffer.from(`url,title\n\n${[...rows, ...rows, "http"].join("\r\n")}`);
    for (let pieces = 1; pieces <= 9; pieces++) {
      const counter = createRecordCounter();
      for (let at = 0; at < text.length; at += pieces) counter.add(text.subarray(at, at + pieces));
      counter.finish();
      expect([pieces, counter.unaddressed]).toEqual([pieces, { count: 5, rows: [4, 5, 9, 10, 11] }]);
    }
  });

  it("tells a header that is no text, as UTF-16 without its mark is none", async () => {
    const { run } = await unpack(Buffer.from(table, "utf16le"));
    expect(await run()).toMatchObject({ binaryHeader: true });
  });

  it("takes a column in pointed brackets for a column", async () => {
    const { run } = await unpack(Buffer.from("<meta>,url\na,b\n"));
    expect(await run()).toMatchObject({ header: ["<meta>", "url"], rows: 1 });
  });

  it("reads another delimiter from the sep line", async () => {
    const { run } = await unpack(Buffer.from('sep=;\nurl;title\nx;"a;b\n"\n'));
    expect(await run()).toMatchObject({ rows: 1, header: ["url", "title"], preview: [["x", "a;b\n"]] });
  });

  it("shows the first 50 rows of many and counts them all", async () => {
    const rows = Array.from({ length: 60_000 }, (_, n) => `https://site.example/page-${n},"Title\n${n}"\n`);
    const text = `url,title\n${rows.join("")}`;
    const { run, written } = await unpack(gzipSync(text));
    const result = await run();
    expect(result).toMatchObject({
      rows: 60_000,
      sizeBytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
    });
    expect(result.preview).toHaveLength(50);
    expect(result.preview[49]).toEqual(["https://site.example/page-49", "Title\n49"]);
    expect(await written()).toBe(text);
  });

  it("gives an export without rows as a header and no rows", async () => {
    const { run } = await unpack(gzipSync("url,title\n"));
    expect(await run()).toMatchObject({ rows: 0, header: ["url", "title"], preview: [] });
  });

  it("tells how far it is in packed bytes, up to the end", async () => {
    const packed = gzipSync(table);
    const seen: number[] = [];
    const { run } = await unpack(packed, {
      onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
    });
    await run();
    expect(seen.at(-1)).toBe(1);
  });
});

describe("what must not pass for an export", () => {
  const long = `url\n${"https://site.example/page,some text that differs\n".repeat(5_000)}`;

  it.each([
    [
      "a gzip file cut in the middle",
      () => gzipSync(long).subarray(0, -200),
      "remote-odd",
      /cut on the way \(unexpected end\)/,
    ],
    [
      "a gzip file without its last byte",
      () => gzipSync(long).subarray(0, -1),
      "remote-odd",
      /unexpected end/,
    ],
    ["a gzip file with a wrong checksum", () => flip(gzipSync(long), -6), "remote-odd", /damaged/],
    [
      "a zip file cut in the middle",
      async () => (await zip({ "a.csv": long })).subarray(0, 200),
      "remote-odd",
      /cut on the way/,
    ],
    [
      "a zip file with a wrong checksum",
      async () => withWrongChecksum(await zip({ "a.csv": long })),
      "remote-odd",
      /damaged/,
    ],
    [
      "a zip file without a CSV",
      () => zip({ "a.txt": "x", "b.txt": "y" }),
      "remote-odd",
      /no CSV file, only “a.txt”, “b.txt”/,
    ],
    [
      "a plain file cut within quotes",
      () => Buffer.from('url,title\nx,"half'),
      "remote-odd",
      /middle of a quoted value/,
    ],
    ["a web page", () => Buffer.from("\n<!doctype html><title>Sign in</title>"), "remote-odd", /web page/],
    [
      "a packed XML error",
      () => gzipSync('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
      "remote-odd",
      /XML/,
    ],
    [
      "a zip of CSVs that are no parts of one",
      () => zip({ "a.csv": table, "b.csv": "x,y\n1,2\n" }),
      "remote-odd",
      /different headers, “a.csv”, “b.csv”/,
    ],
    ["a text in UTF-32", () => Buffer.from("fffe000061000000", "hex"), "remote-odd", /UTF-32, little-endian/],
    ["a text in UTF-7", () => gzipSync("+/v8-url,title"), "remote-odd", /UTF-7/],
    ["a file packed by bzip2", () => Buffer.from("BZh91AY&SY"), "remote-odd", /packed by bzip2/],
    [
      "a file packed by Zstandard",
      () => zstdCompressSync(Buffer.from(table)),
      "remote-odd",
      /packed by Zstandard, which Milepost cannot read/,
    ],
    [
      "a workbook instead of a CSV",
      async () => gzipSync(await zip({ "xl/workbook.xml": "<x/>" })),
      "remote-odd",
      /a workbook, which Milepost cannot read/,
    ],
    ["a Parquet file", () => gzipSync("PAR1\x15\x04\x15"), "remote-odd", /a Parquet file/],
    ["a file packed three times", () => gzipSync(gzipSync(gzipSync(table))), "remote-odd", /more than twice/],
    [
      "a file packed twice whose inner one was cut",
      () => gzipSync(gzipSync(long).subarray(0, -30)),
      "remote-odd",
      /cut on the way/,
    ],
    ["a JSON error", () => Buffer.from('{"error":{"message":"expired"}}'), "remote-odd", /JSON message/],
    [
      "a file cut within its header",
      () => Buffer.from('"url,title'),
      "remote-odd",
      /first line does not end/,
    ],
    ["an empty file", () => Buffer.alloc(0), "remote-odd", /empty/],
    ["an empty gzip file", () => gzipSync(""), "remote-odd", /empty/],
    ["a gzip bomb", () => gzipSync(Buffer.alloc(50_000_000, "a,b\n")), "too-large", /100 times/],
    ["a zip bomb", () => zip({ "a.csv": "a,b\n".repeat(5_000_000) }), "too-large", /100 times/],
  ])("%s: a sentence, and nothing left behind", async (_, packed, code, sentence) => {
    const { run, names } = await unpack(await packed());
    expect(await rejection(run())).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(await names()).toEqual(["download"]);
  });

  it("is larger than allowed", async () => {
    const { run, names } = await unpack(Buffer.from(long), { maxBytes: 100_000 });
    expect(await rejection(run())).toMatchObject({
      code: "too-large",
      message: expect.stringContaining("100 kB"),
    });
    expect(await names()).toEqual(["download"]);
  });

  it("stops when told to, with nothing left behind", async () => {
    const stop = new AbortController();
    const { run, names } = await unpack(gzipSync(long), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(await rejection(run())).toMatchObject({ code: "cancelled" });
    expect(await names()).toEqual(["download"]);
  });
});

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  const index = bytes.length + at;
  flipped[index] = (flipped[index] ?? 0) ^ 0xff;
  return flipped;
};

/** Flips the checksum in the central directory, where readers look. */
const withWrongChecksum = (archive: Buffer): Buffer => {
  const directory = archive.indexOf(Buffer.from("PK\x01\x02", "latin1"));
  return flip(archive, directory + 16 - archive.length);
};
