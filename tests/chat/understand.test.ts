import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Reading, type Spoken, understand } from "#chat/understand.ts";
import { otherwise, unsaid } from "./said-otherwise.ts";
import { about, quiet, sentences, short, spoken } from "./sentences.ts";

const acts = (reading: Reading): boolean => ["do", "start", "confirmed"].includes(reading.kind);
const actingSentences = Object.entries(sentences)
  .filter(([reading]) => /^(?:do|start) /.test(reading))
  .flatMap(([, list]) => list);

describe("A sentence is understood as it was meant", () => {
  test.each(Object.entries(sentences).flatMap(([reading, list]) => list.map((said) => [said, reading])))(
    "“%s” is %s",
    (said, reading) => {
      expect(short(understand(said, spoken, quiet))).toBe(reading);
    },
  );

  test("and so it is in other words, in five languages", () => {
    const all = Object.entries(otherwise).flatMap(([reading, list]) => list.map((said) => [said, reading]));
    expect(all.length).toBeGreaterThan(300);
    expect(all.map(([said = ""]) => [said, short(understand(said, spoken, quiet))])).toEqual(all);
  });

  test("“it” is the run that was spoken of last, for half an hour", () => {
    expect(short(understand("cancel it", spoken, about("a1")))).toBe("do cancel a1");
    expect(short(understand("and how is it going?", spoken, about("a1")))).toBe("tell status a1");
    expect(short(understand("retry", spoken, about("d1")))).toBe("do retry d1");
    const later = { ...about("a1"), now: quiet.now + 31 * 60_000 };
    expect(short(understand("cancel it", spoken, later))).toBe("which cancel");
  });

  test("“yes” means what waits for it, for two minutes, and “2” the second of a list, for ten", () => {
    const pending = { ...quiet, pending: { says: "cancel", run: "a1", at: quiet.now } } as const;
    expect(short(understand("yes", spoken, pending))).toBe("confirmed cancel a1");
    expect(short(understand("Nein.", spoken, pending))).toBe("declined cancel a1");
    for (const asked of ["yes?", "ja?", "¿sí?", "ok??"])
      expect(short(understand(asked, spoken, pending))).toBe("advice cancel a1");
    expect(short(understand("yes", spoken, { ...pending, now: quiet.now + 121_000 }))).toBe("unknown");
    const listed = { ...quiet, listed: { says: "cancel", runs: ["b1", "c1"], at: quiet.now } } as const;
    expect(short(understand("2", spoken, listed))).toBe("do cancel c1");
    expect(short(understand("2?", spoken, listed))).toBe("advice cancel c1");
    expect(short(understand("3", spoken, listed))).toBe("unknown");
    expect(short(understand("2", spoken, { ...listed, now: quiet.now + 601_000 }))).toBe("unknown");
  });

  test("the one of several runs with one title that matters is told of, with how many there are", () => {
    expect(understand("status of nightly backup", spoken, quiet)).toMatchObject({ run: "d1", of: 2 });
  });
});

describe("Nothing is done that was not said", () => {
  test("not what is asked, quoted, wished away, put off or about several, in five languages", () => {
    const acted = unsaid.filter((said) =>
      [quiet, about("a1"), about("e1")].some((context) => acts(understand(said, spoken, context))),
    );
    expect(unsaid.length).toBeGreaterThan(200);
    expect(acted).toEqual([]);
  });

  const before = [
    "don't",
    "do not",
    "please don't",
    "should I",
    "can we",
    "I would never",
    "he said",
    "what if I",
    "I did",
  ];
  const behind = ["if it fails", "tomorrow"];

  test("whatever turns a sentence round or puts it off keeps it from being done", () => {
    const turned = actingSentences.flatMap((said) => [
      ...before.map((words) => `${words} ${said}`),
      ...behind.map((words) => `${said.replace(/[.!?]$/, "")} ${words}`),
    ]);
    expect(turned.length).toBeGreaterThan(300);
    expect(turned.filter((said) => acts(understand(said, spoken, about("a1"))))).toEqual([]);
  });

  test("a title that is a command, a number or a word of assent is none", () => {
    const hostile: Spoken[] = ["yes", "2", "cancel it", "not", "<b>*@everyone*</b>", "pause", ""].map(
      (title, at) => ({ id: `x${at}`, title, state: "running" }),
    );
    for (const { title } of hostile) expect(acts(understand(title, hostile, quiet))).toBe(false);
    expect(short(understand('cancel "cancel it"', hostile, quiet))).toBe("do cancel x2");
    expect(short(understand("cancel not", hostile, quiet))).toBe("do cancel x3");
  });

  test("a sentence of more than 300 characters is not read", () => {
    expect(short(understand(`cancel the crm${" ".repeat(4082)}`, spoken, quiet))).toBe("nothing too-long");
  });

  test("no text of any kind throws, and marks of direction hide no word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        understand(text, spoken, about("a1"));
      }),
    );
    expect(short(understand("don\u200e't cancel the\u202e crm", spoken, quiet))).toBe("nothing negated");
  });
});
