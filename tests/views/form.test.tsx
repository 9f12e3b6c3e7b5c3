import { describe, expect, it } from "vitest";
import { filled } from "#core/filled.ts";
import type { Field, Form } from "#core/form.ts";
import { AskForm } from "#views/ask.tsx";
import { tagsOf, textOf } from "./read-html.ts";
import { everyField } from "./samples/form.ts";

const draw = (form: Form, more: object = {}) => String(<AskForm form={form} action="/go" id="f" {...more} />);
const one = (field: Field, more: object = {}) => draw({ fields: [field], submit: "Go" }, more);
const html = draw(everyField);
const tags = tagsOf(html);

const all = (fields: readonly Field[]): readonly Field[] =>
  fields.flatMap((field) => [
    field,
    ...(field.kind === "group" || field.kind === "row" ? all(field.fields) : []),
  ]);

describe("a form", () => {
  it("has a sample of every kind of field, so that the promises below mean all of them", () => {
    const kinds = new Set(all(everyField.fields).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(
      [
        "approval",
        "checkbox",
        "choice",
        "code",
        "facts",
        "group",
        "hidden",
        "many",
        "note",
        "number",
        "row",
        "select",
        "table",
        "text",
      ].sort(),
    );
  });

  it("gives every control that a person uses a label", () => {
    const labels = new Set(
      tags.filter(({ name }) => name === "label").map(({ attributes }) => attributes.for),
    );
    const controls = tags.filter(
      ({ name, attributes }) =>
        ["input", "select", "textarea"].includes(name) && attributes.type !== "hidden",
    );
    expect(controls.length).toBeGreaterThan(30);
    for (const { attributes } of controls) expect(labels, attributes.name).toContain(attributes.id);
  });

  it("sends every named field", () => {
    const sent = new Set(tags.map(({ attributes }) => attributes.name));
    for (const field of all(everyField.fields)) if ("name" in field) expect(sent).toContain(field.name);
  });

  it("ties help to its control", () => {
    const control = tagsOf(one({ kind: "number", name: "n", label: "N", help: "Of each kind." })).find(
      ({ name }) => name === "input",
    );
    expect(control?.attributes["aria-describedby"]).toBe("f-0-help");
  });

  it("marks the wrong field, says why beside it, and leads there from the summary", () => {
    const error = { message: "There is no such project.", field: "project" };
    const wrong = draw(everyField, { error });
    const invalid = tagsOf(wrong).filter(({ attributes }) => attributes["aria-invalid"] === "true");
    expect(invalid.map(({ attributes }) => attributes.name)).toEqual(["project"]);
    expect(invalid[0]?.attributes["aria-describedby"]).toContain(`${invalid[0]?.attributes.id}-wrong`);
    expect(tagsOf(wrong).find(({ name }) => name === "a")?.attributes.href).toBe(
      `#${invalid[0]?.attributes.id}`,
    );
    expect(textOf(wrong).split("There is no such project.")).toHaveLength(3);
  });

  it.each(["analysis", "columns", "value-0", "anew"])(
    "leads to the wrong field also when it is a list or inside a group: %s",
    (field) => {
      const wrong = tagsOf(draw(everyField, { error: { message: "No.", field } }));
      const target = wrong.find(({ name }) => name === "a")?.attributes.href?.slice(1);
      expect(wrong.find(({ attributes }) => attributes.id === target)?.attributes.name).toBe(field);
    },
  );

  it("answers on Enter even when other buttons stand above the one that answers", () => {
    const first = tags.find(({ name, attributes }) => name === "button" && attributes.type === "submit");
    expect(first?.attributes.name).toBeUndefined();
  });

  it("tells which button was pressed and whether it answers or redraws", () => {
    const presses = tags.flatMap(({ attributes }) => (attributes.name === "press" ? [attributes.value] : []));
    expect(presses).toEqual(["redraw:find", "redraw:remove-0", "redraw:add", "redraw:count", "answer:none"]);
    for (const { attributes } of tags.filter(({ attributes }) => attributes.value?.startsWith("redraw:")))
      expect(attributes).toHaveProperty("formnovalidate");
  });

  it("is out of reach of polls and of htmx attributes in foreign text when it is live", () => {
    const live = tagsOf(draw(everyField, { live: true }));
    expect(live[0]?.attributes).toHaveProperty("hx-morph-skip");
    expect(live[1]?.attributes).toHaveProperty("hx-ignore");
  });

  it("keeps what was sent: texts, choices, boxes that were emptied", () => {
    const sent = { project: "https://x", analysis: "20260201", columns: ["h1"], "value-0": "" };
    const after = all(filled(everyField, sent).fields);
    const field = (name: string) => after.find((candidate) => "name" in candidate && candidate.name === name);
    expect(field("project")).toMatchObject({ value: "https://x" });
    expect(field("analysis")).toMatchObject({ value: "20260201" });
    expect(field("columns")).toMatchObject({ values: ["h1"] });
    expect(field("anew")).toMatchObject({ checked: false });
    expect(field("value-0")).toMatchObject({ value: "" });
  });

  it("says why an option cannot be chosen and refuses it", () => {
    const choice = one({
      kind: "choice",
      name: "c",
      label: "C",
      options: [{ value: "a", label: "A", disabled: "This crawl failed." }],
    });
    expect(textOf(choice)).toContain("This crawl failed.");
    expect(tagsOf(choice).find(({ attributes }) => attributes.type === "radio")?.attributes).toHaveProperty(
      "disabled",
    );
  });
});
