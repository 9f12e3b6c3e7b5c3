import { expect, test } from "vitest";
import { select } from "#core/field-choices.ts";
import { number, text } from "#core/field-kinds.ts";
import { asTaken } from "#core/shape.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";

const run = async () => 1;
const begin = (id = "flow") => workflow(id, "Flow", "", start({ subject: () => "" }));
const ended = () => ({ sentence: "" });

test.each([
  [
    "an id of its own that no address can hold",
    () => begin("Nightly Report!").do("a", "A", { run }),
    'The workflow "Nightly Report!" is wrong: its id must be lower case',
  ],
  [
    "an odd step id",
    () => begin().do("A B", "A", { run }),
    'The workflow "flow" is wrong: step "A B": an id must be lower case',
  ],
  [
    "a step id that only a go-ahead of ours can have",
    () => begin().do("approve_a", "A", { run }),
    'step "approve_a": an id must be lower case',
  ],
  [
    "two steps of one id",
    // @ts-expect-error the compiler sees it too
    () => begin().do("a", "A", { run }).do("a", "B", { run }),
    'step "a": there are two steps of this id.',
  ],
  [
    "a start that does not say what a run is about",
    // @ts-expect-error the compiler sees it too
    () => workflow("flow", "Flow", "", start({ fields: [] })).do("a", "A", { run }),
    "start({ … }): `subject` is missing.",
  ],
  ["no steps", () => begin(), "it has no steps."],
  [
    "a claim without its reason",
    // @ts-expect-error `again` needs `safeBecause`
    () => begin().do("a", "A", { run, whenInterrupted: "again" }),
    'step "a": `whenInterrupted: "again"` needs `safeBecause`',
  ],
  [
    "a wait that never looks",
    () => begin().wait("a", "A", { look: async () => ({ done: 1 }), everyMs: Number.NaN, timeoutMs: 1 }),
    'step "a": `everyMs` must be a number of milliseconds above 0.',
  ],
  [
    "a question that others would have to wait for",
    () =>
      begin().ask("a", "A", {
        form: () => ({ fields: [], submit: "Yes" }),
        read: () => 1,
        // @ts-expect-error the compiler sees it too
        turn: { of: () => "node" },
      }),
    'step "a": a question cannot need a turn',
  ],
  [
    "a turn that nobody can ever have",
    () => begin().do("a", "A", { run, turn: { of: () => "node", atOnce: 0 } }),
    'step "a": `turn.atOnce` must be a whole number above 0.',
  ],
  [
    "two fields of one name",
    () =>
      workflow(
        "flow",
        "Flow",
        "",
        start({ fields: [text("a", "A"), number("a", "A", {})], subject: () => "" }),
      ).do("a", "A", { run }),
    'two fields of its form are called "a".',
  ],
  [
    "a field called as the pressed button is",
    () =>
      workflow("flow", "Flow", "", start({ fields: [text("press", "A")], subject: () => "" })).do("a", "A", {
        run,
      }),
    'no field of its form can be called "press".',
  ],
])("a definition with %s is refused when it is made, in a sentence", (_, make, says) => {
  expect(() => make().hands(ended)).toThrow(says);
});

const words = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "nothing is wrong";
};

// As they come from a file that no compiler has looked at.
// biome-ignore lint/suspicious/noExplicitAny: that is what it is without one.
const unseen = (value: unknown): any => value;

test.each<[string, () => unknown, string]>([
  [
    "an option that there is none of",
    () =>
      begin()
        .do("a", "A", unseen({ run, safebecause: "It is." }))
        .hands(ended),
    'step "a": there is no option `safebecause`. There are detail, plan, readsOnly,',
  ],
  [
    "a skip without its words",
    () =>
      begin()
        .do("a", "A", unseen({ run, skippable: true }))
        .hands(ended),
    "`skippable` must be a text that is not empty.",
  ],
  [
    "a number of tries that is none",
    () =>
      begin()
        .do("a", "A", unseen({ run, retry: { attempts: "three" } }))
        .hands(ended),
    "`retry.attempts` must be a whole number above 0.",
  ],
  [
    "a wait that never says how often it looks",
    () =>
      begin()
        .wait("a", "A", unseen({ look: run, timeoutMs: 5 }))
        .hands(ended),
    "`everyMs` is missing.",
  ],
  [
    "an approval about nothing",
    () => begin().approve("a", "A", unseen({})),
    "approve(…, { … }): `about` is missing.",
  ],
  [
    "an outcome that is a sentence",
    () => begin().do("a", "A", { run }).hands(unseen("Done.")),
    "`hands` needs a function that gives { sentence: … }.",
  ],
  [
    "a field without a label",
    () => text("a", unseen(undefined)),
    'text("a", …): it needs a label behind its name.',
  ],
  [
    "a limit that no number can keep to",
    () => number("a", "A", { min: 5, preset: 1 }),
    'number("a", …): `max` must not be below `min`, and `preset` must lie between them.',
  ],
  [
    "entries without labels",
    () => select("a", "A", { options: unseen(["x"]) }),
    'select("a", …): `options` must be a list of { value, label }, or a function that gives one.',
  ],
  [
    "an entry chosen beforehand that is none",
    () => select("a", "A", { options: [{ value: "x", label: "X" }], preset: unseen("y") }),
    'select("a", …): `preset` is none of its options.',
  ],
  [
    "a field that nothing here made",
    () => start(unseen({ fields: [{ name: "a" }], subject: () => "" })),
    "Every field of a form must be made by text(…), number(…) or another of them.",
  ],
])("%s is refused where it is written, by its name", (_, make, says) => {
  expect(words(make)).toContain(says);
});

test("a file that was taken before is read again for its runs, whatever is looked at today", async () => {
  const made = () =>
    begin()
      .do("a", "A", unseen({ run, safebecause: "It is." }))
      .hands(ended);
  await expect(asTaken(async () => made().id)).resolves.toBe("flow");
  expect(made).toThrow("there is no option `safebecause`");
});
