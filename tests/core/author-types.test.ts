import { expect, test } from "vitest";
import { select } from "#core/field-choices.ts";
import { number, secret, text } from "#core/field-kinds.ts";
import { group } from "#core/fields.ts";
import { GoBack } from "#core/go-back.ts";
import { question } from "#core/question.ts";
import { start } from "#core/start.ts";
import { type DoOptions, workflow } from "#core/workflow.ts";

/*
 * What the compiler refuses is the test here: tsc fails on a `@ts-expect-error` below which there is no error. Nothing of it is run but the
 * definition that must compile.
 */

const asked = start({
  fields: [
    text("folder", "Folder"),
    group("More", [number("copies", "Copies", { preset: 1 })]),
    secret("token", "Token"),
  ],
  subject: ({ folder, copies }) => `${folder.toUpperCase()} ${copies.toFixed()}`,
});
const begin = () => workflow("nightly", "Nightly", "For types.", asked);
const form = () => ({ fields: [], submit: "" });

test("what an author writes compiles where all names and types are right", () => {
  const flow = begin()
    .do("look", "Look", {
      readsOnly: true,
      run: async ({ input, secret }) => ({
        size: input.folder.length + secret("token").length,
        note: undefined,
      }),
      detail: ({ size }) => size.toFixed(),
      uses: ["folder", "token"],
    })
    .do("maybe", "Maybe", { run: async () => ({ made: true }), skippable: "Nothing is made." })
    .ask("ok", "All right?", {
      form,
      read: (values, { results }) => (results.look.size > 1 ? new GoBack("look") : String(values.a)),
    })
    .ask(
      "how",
      "How?",
      question({
        fields: ({ results }) => [number("times", "Times", { preset: results.look.size })],
        answer: ({ times }, { input }) => (times > 9 ? new GoBack("ok") : times + input.copies),
      }),
    )
    .do("end", "End", {
      run: async ({ results }) => [results.maybe?.made ?? false, results.ok.length + results.how] as const,
    })
    .hands((input, { end }) => ({ sentence: `${input.copies.toFixed()} ${end[1].toFixed()}` }));
  expect(flow.steps.map(({ id }) => id)).toEqual(["look", "maybe", "ok", "how", "end"]);
});

/** Never called: each line after a directive is a mistake that must not compile. */
const mistakes = () => {
  const run = async () => 1;
  const a = begin().do("a", "A", { run });
  const left = begin().do("a", "A", { run, skippable: "Nothing." });
  const every = { everyMs: 1, timeoutMs: 1 };

  // Names of the input and of secrets.
  // @ts-expect-error no field “foldr”
  begin().do("b", "B", { run, uses: ["foldr"] });
  // @ts-expect-error no secret “tokenn”
  begin().do("b", "B", { run: async ({ secret }) => secret("tokenn").length });
  // @ts-expect-error a secret is no part of the input
  begin().do("b", "B", { run: async ({ input }) => input.token });
  // @ts-expect-error a number is not a text
  begin().do("b", "B", { run: async ({ input }) => input.copies.trim() });
  // @ts-expect-error there is no field “url” to make a subject of
  start({ fields: [text("folder", "Folder")], subject: ({ url }) => url });
  // @ts-expect-error no list of secrets beside the fields
  start({ fields: [text("token", "Token")], secrets: ["tokn"], subject: () => "" });
  const byHand = { form: async () => form(), read: async () => ({}), subject: () => "" };
  // @ts-expect-error a start that was not described
  workflow("a", "A", "", { ...byHand, secrets: [], names: [], schema: { type: "object" } });
  const small = { value: "s" as const, label: "Small" };
  // @ts-expect-error the preset is none of the entries
  select("size", "Size", { options: [small], preset: "xl" });

  // Ids of steps.
  // @ts-expect-error two steps “a”
  a.do("a", "A", { run });
  // @ts-expect-error no step “b” before it
  a.ask("q", "Q", { form, read: () => new GoBack("b") });
  // @ts-expect-error not to itself
  a.ask("q", "Q", { form, read: () => new GoBack("q") });
  const about = () => ({ what: "", risk: "low", impact: [] }) as const;
  // @ts-expect-error nothing to modify of that name
  a.approve("q", "Q", { about, modify: "plan" });
  // @ts-expect-error no result “b”
  a.do("c", "C", { run: async ({ results }) => results.b });
  const wantsB: DoOptions<object, { b: number }, number> = { run: async ({ results }) => results.b };
  // @ts-expect-error it stands before the step that it needs
  a.do("c", "C", wantsB);
  a.do("b", "B", { run }).do("c", "C", wantsB);
  // @ts-expect-error a step that may be skipped may have no result
  left.do("c", "C", { run: async ({ results }) => results.a.toFixed() });
  // @ts-expect-error no step “b” to go back to from a described question
  a.ask("q", "Q", question({ fields: [], answer: () => new GoBack("b") }));
  // @ts-expect-error an answer is kept in the clear
  a.ask("q", "Q", question({ fields: [secret("token", "Token")] }));

  // Results and answers that JSON changes.
  // @ts-expect-error a Date
  begin().do("b", "B", { run: async () => new Date() });
  // @ts-expect-error a Map inside
  begin().do("b", "B", { run: async () => ({ all: new Map([["a", 1]]) }) });
  // @ts-expect-error a BigInt
  begin().do("b", "B", { run: async () => [1n] });
  // @ts-expect-error a function
  begin().wait("b", "B", { ...every, look: async () => ({ done: { again: () => 1 } }) });
  // @ts-expect-error undefined in a list
  begin().do("b", "B", { run: async () => ["a", undefined] });
  // @ts-expect-error a Date as an answer
  begin().ask("b", "B", { form, read: () => ({ on: new Date() }) });
  // @ts-expect-error a Date in the input
  start({ input: () => ({ on: new Date() }), subject: () => "" });

  // Claims.
  // @ts-expect-error again, but why?
  begin().do("b", "B", { run, whenInterrupted: "again" });
  // @ts-expect-error it cannot be both
  begin().do("b", "B", { run, whenInterrupted: "ask", safeBecause: "It is keyed." });
  // @ts-expect-error what only reads needs no other claim
  begin().do("b", "B", { run, readsOnly: true, safeBecause: "It reads." });
  const found = async () => ({ happened: true as const, result: "x", checked: "" });
  // @ts-expect-error a probe gives what the step gives
  begin().do("b", "B", { run, whenInterrupted: found });
};
void mistakes;
