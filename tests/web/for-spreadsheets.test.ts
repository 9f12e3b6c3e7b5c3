import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forSpreadsheets } from "#web/pages/for-spreadsheets.ts";
import { openSite, readyExport } from "./site.ts";

/** In pieces of so many bytes, which may be cut anywhere. */
const through = async (text: string, pieceBytes = 1_000): Promise<string> => {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, n) =>
    bytes.subarray(n * pieceBytes, (n + 1) * pieceBytes),
  );
  return (await buffer(Readable.from(pieces).pipe(forSpreadsheets()))).toString("utf8");
};

test.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["+cmd|x", "'+cmd|x"],
  ["-cmd", "'-cmd"],
  ['"=1,2"', '"\'=1,2"'],
  ['"  =1"', '"\'  =1"'],
  ["＝HYPERLINK(1)", "'＝HYPERLINK(1)"],
  ["\u202e\u00ad=1", "'\u202e\u00ad=1"],
  [`${" ".repeat(100)}=1`, `'${" ".repeat(100)}=1`],
  [`${"\u200b".repeat(30)}@1`, `'${"\u200b".repeat(30)}@1`],
  ["x".repeat(100), "x".repeat(100)],
  ["-12.5", "-12.5"],
  ["+49", "+49"],
  ["-1e9", "-1e9"],
  ["a=b", "a=b"],
  ["Größe", "Größe"],
  ['"a ""=b"""', '"a ""=b"""'],
  [`=${"A".repeat(200)}`, `'=${"A".repeat(200)}`],
])("%s comes as %s, at the beginning, the middle and the end of a line", async (cell, told) => {
  for (const pieceBytes of [1, 7, 1_000])
    expect(await through(`h,${cell}\n${cell},x,${cell}\r\n${cell}`, pieceBytes)).toBe(
      `\uFEFFh,${told}\n${told},x,${told}\r\n${told}`,
    );
});

test("no cell is a formula any more, and nothing else of the table is another", async () => {
  const cell = fc.string({ unit: fc.constantFrom("=", "-", "+", "@", "1", "a", ",", '"', "\n", " ", "ü") });
  const row = fc.tuple(cell, cell);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      const quoted = rows.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(","));
      const read = parse(await through(quoted.join("\n"), 3), { bom: true }) as string[][];
      expect(read).toHaveLength(rows.length);
      for (const [at, cells] of read.entries())
        for (const [n, one] of cells.entries()) {
          expect([rows[at]?.[n], `'${rows[at]?.[n]}`]).toContain(one);
          expect(one).not.toMatch(/^\s*[=@]/);
        }
    }),
    { numRuns: 60 },
  );
});

test("the saved file is offered for spreadsheets beside the one as it is", async () => {
  const site = await openSite();
  const path = `/exports/${await readyExport(site, "url,title\nhttp://a/,=1+1\n")}/file`;
  const answer = await site.get(`${path}?for=spreadsheets`);
  expect(answer.headers.get("content-disposition")).toContain('filename="urls.excel.csv"');
  expect(Buffer.from(await answer.arrayBuffer()).toString("utf8")).toBe("\uFEFFurl,title\nhttp://a/,'=1+1\n");
  await site.close();
});
