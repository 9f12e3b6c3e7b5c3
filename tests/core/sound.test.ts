import { expect, test } from "vitest";
import { number, text } from "#core/field-kinds.ts";
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
    "the `subject` of its start({ … }) is no function.",
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
