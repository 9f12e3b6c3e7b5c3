import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecordCounter } from "#connectors/botify/csv-records.ts";

const value = fc.string({ unit: fc.constantFrom("a", "é", "漢", " ", ",", '"', "\n", "\r\n", "\r") });

/** As RFC 4180 writes it; `always` also quotes where it need not. */
const quotedWhen = ([text, always]: [string, boolean]): string =>
  always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

const csv = fc
  .record({
    records: fc.array(fc.array(fc.tuple(value, fc.boolean()), { minLength: 1, maxLength: 4 }), {
      maxLength: 8,
    }),
    lineBreak: fc.constantFrom("\n", "\r\n"),
    lastLineBreak: fc.boolean(),
  })
  .map(
    ({ records, lineBreak, lastLineBreak }) =>
      records.map((record) => record.map(quotedWhen).join(",")).join(lineBreak) +
      (lastLineBreak ? lineBreak : ""),
  );

const count = (text: string, cuts: readonly number[] = []) => {
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const counter = createRecordCounter();
  let start = 0;
  for (const end of ends) {
    counter.add(bytes.subarray(start, end));
    start = end;
  }
  return counter;
};

describe("counting CSV records", () => {
  it("agrees with csv-parse, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(csv, fc.array(fc.nat()), (text, cuts) => {
        const parsed = parse(text, {
          relaxColumnCount: true,
          skipEmptyLines: true,
          recordDelimiter: ["\r\n", "\n"],
        });
        expect(count(text, cuts).finish()).toBe(parsed.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["", 0],
    ["\n\r\n\n", 0],
    ["url,title\na,\n", 2],
    ['url\n""\n', 2],
    ['a,"1\n2\r\n3"\nb', 2],
    ['a,5" pipe\nb,x\n', 2],
    ['"a ""quoted""\n word"\n', 1],
  ])("finds in %j %i records, wherever it is cut", (text, records) => {
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) {
      expect(count(text, [cut]).finish()).toBe(records);
    }
  });

  it("notices an end within quotes", () => {
    expect(count('a,b\nc,"d\n').inQuotes).toBe(true);
    expect(count('a,b\nc,"d"').inQuotes).toBe(false);
  });

  it("knows where the last whole record ends", () => {
    expect(count('a,b\n"c\n').endBytes).toBe(4);
  });
});
