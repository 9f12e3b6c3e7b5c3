import { parse } from "dotenv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changedEnv, envText, readVariables, variableNames } from "#stacks/env-lines.ts";

const of = (values: Record<string, string>) => new Map(Object.entries(values));

test("what was recorded to be cut, trimmed or unquoted on its way arrives byte for byte", () => {
  const values = {
    PASS: "abc#def",
    URL: "postgres://u:p#1@db/x",
    JSON: '{"a":"b c"}',
    SP: "  two  words  ",
    DOLLAR: `cost $HOME \${X}`,
    BT: "`ls`",
    EMPTY: "",
    SQ: "it's",
    NL: String.raw`"a\nb"`,
    LINES: "-----BEGIN-----\nabc=#\n-----END-----",
    "with.dot-and-dash": "1",
  };
  expect(parse(envText(of(values)))).toEqual(values);
});

test("whatever is typed arrives unchanged or is refused by its name", () => {
  const sign = fc.constantFrom(..."ab #=\\'\"`$\n{}\t");
  const value = fc.string({ unit: sign, maxLength: 12 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("A", "B", "C_1", "d.e"), value), (values) => {
      let text: string;
      try {
        text = envText(of(values));
      } catch (thrown) {
        expect(String(thrown)).toMatch(/\b(A|B|C_1|d\.e)\b/);
        return;
      }
      expect(parse(text)).toEqual({ ...values });
    }),
    { numRuns: 2_000 },
  );
});

test("a value is all that stands behind the first sign of equality; quotes around it may hold several lines", () => {
  const typed = "A=b=c # d \n\n# remark\nB='x\n  y'\r\nC=\"q\"\nD='it' and 'that\nE=";
  expect(Object.fromEntries(readVariables(typed))).toEqual({
    A: "b=c # d ",
    B: "x\n  y",
    C: "q",
    D: "'it' and 'that",
    E: "",
  });
});

test.each([
  ["A=1\nnonsense", "Line 2"],
  ["A=1\nA=2", "A is set twice"],
  [`REF=\${{project.URL}}`, "REF holds"],
  ["Q='\"` and \\#", "The value of Q"],
])("%o is refused, and none of its value is told", (text, why) => {
  expect(() => variableNames(text)).toThrow(expect.objectContaining({ code: "bad-input", field: "env" }));
  expect(() => variableNames(text)).toThrow(why);
});

test("one variable is added, changed or taken out, and every other byte stays", () => {
  const there = `# head\nA=1 # one\nexport B='two\nlines'\nREF=\${{project.X}}\n\nC="3"\n`;
  expect(changedEnv(there, { set: of({ D: "4" }), remove: [] })).toBe(`${there.trimEnd()}\nD=4`);
  expect(changedEnv(there, { set: new Map(), remove: ["B"] })).toBe(
    `# head\nA=1 # one\nREF=\${{project.X}}\n\nC="3"`,
  );
  expect(parse(changedEnv(there, { set: of({ A: "x#y" }), remove: ["C", "nowhere"] }))).toEqual({
    A: "x#y",
    B: "two\nlines",
    REF: `\${{project.X}}`,
  });
});

test("taking out and adding changes exactly what was named, whatever is there", () => {
  const line = fc.oneof(
    fc.constantFrom("A=1", "B='x\ny'", 'C="q#"', "# A=5", "", "export D=2 # d", "E: 5", "A=twice"),
    fc.string({ maxLength: 10 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.subarray(["A", "B", "D"]), (lines, remove) => {
      const there = lines.join("\n");
      let text: string;
      try {
        text = changedEnv(there, { set: of({ NEW: "n#" }), remove });
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "conflict" });
        return;
      }
      const before = parse(there);
      for (const name of remove) delete before[name];
      expect(parse(text)).toEqual({ ...before, NEW: "n#" });
    }),
    { numRuns: 1_000 },
  );
});
