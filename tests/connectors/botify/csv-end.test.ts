import { describe, expect, it } from "vitest";
import { oddEndOf } from "#connectors/botify/csv-end.ts";

const end = (last: string, others: string[], header = 2) =>
  oddEndOf(Buffer.from(last), { row: 9, header, others });

const titles = ["Home", "About us", "Prices", "Contact"];
const flags = ["true", "false", "true", "false", "true"];
const codes = ["200", "200", "301", "301", "404", "404"];
const days = ["2026-11-01", "2026-11-02", "2026-11-15"];
const hits = ["1", "17", "1", "204"];

describe("the end of a CSV", () => {
  it.each([
    ["a text without its line break", "https://a.example/9,Imprin", titles, "Imprin"],
    ["a number without it, though another row has the same", "https://a.example/9,1", hits, "1"],
    ["no value behind the last comma", "https://a.example/9,", titles, ""],
    ["a word that is not there else", "https://a.example/9,fal", flags, "fal"],
  ])("is doubted where it may be cut: %s", (_, last, others, value) => {
    expect(end(last, others)).toMatchObject({ row: 9, value });
  });

  it.each([
    ["fals", flags],
    ["30", codes],
    ["2026-11-2", days],
    ["2026-11-", days],
  ])(
    "is doubted even with a line break where it ends in the beginning of what others have: %s",
    (value, others) => {
      expect(end(`https://a.example/9,${value}\n`, others)).toEqual({ row: 9, value, why: "begun" });
    },
  );

  it.each([
    ["a line break", "https://a.example/9,Imprint\n", titles],
    ["a carriage return whose line feed alone is missing", "https://a.example/9,Imprint\r", titles],
    ["a word that others have", "https://a.example/9,false", flags],
    ["a code that others have", "https://a.example/9,301", codes],
    ["a date like the others", "https://a.example/9,2026-11-30", days],
    ["a closing quote", 'https://a.example/9,"Imprint, and more"', titles],
    ["an empty value and a line break", "https://a.example/9,\n", titles],
    ["a new word and a line break", "https://a.example/9,unknown\n", flags],
    ["a smaller number and a line break", "https://a.example/9,99\n", ["120", "110", "101", "100"]],
    ["a title with a smaller number", "https://a.example/9,Page 9\n", ["Page 10", "Page 11", "Page 12"]],
    ["fewer values, of which the rows tell", "https://a.example/9", titles],
  ])("is not doubted where it has %s", (_, last, others) => {
    expect(end(last, others)).toBeNull();
  });

  it("looks at no more of a row than a part", () => {
    const long = `https://a.example/9,${"x".repeat(100_000)}`;
    expect(end(long, titles)).toMatchObject({ why: "open" });
    expect(end(`${long}\n`, titles)).toBeNull();
  });
});
