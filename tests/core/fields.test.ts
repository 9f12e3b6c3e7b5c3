import fc from "fast-check";
import { expect, test } from "vitest";
import type { Connection, Connections } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { choice, connection, many, select } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { group } from "#core/fields.ts";
import type { Values } from "#core/form.ts";
import { presetValues } from "#core/preset.ts";
import { start } from "#core/start.ts";

const never = new AbortController().signal;
const formOf = (
  one: { form(ctx: { signal: AbortSignal; draft?: Values }): Promise<unknown> },
  draft?: Values,
) => one.form({ signal: never, ...(draft === undefined ? {} : { draft }) });

const everything = start({
  fields: [
    text("name", "Name", { required: true, longest: 5 }),
    text("path", "Path", { preset: "/" }),
    number("port", "Port", { min: 1, max: 65_535 }),
    number("every", "Every", { preset: 5, min: 0.5, fractions: true }),
    checkbox("keep", "Keep it"),
    secret("token", "Token", { required: true }),
    secret("env", "Variables", { multiline: true, tells: (typed) => typed.split("\n").length }),
    group("More", [
      select("size", "Size", {
        options: [
          { value: "s", label: "Small" },
          { value: "l", label: "Large" },
        ],
        none: "As it comes",
      }),
      choice("colour", "Colour", {
        options: async () => [
          { value: "red", label: "Red" },
          { value: "mud", label: "Mud", disabled: "There is no mud left." },
        ],
      }),
      many("extras", "Extras", { options: [{ value: "bell", label: "Bell" }] }),
    ]),
  ],
  subject: ({ name }) => name,
});

const sent = { name: "ada", token: "t0psecret", env: "A=1\nB=2", colour: "red" };

test("what was typed arrives with its type, and no secret is part of it", async () => {
  const read = await everything.read({
    ...sent,
    port: "8080",
    every: "0.5",
    keep: "on",
    size: "Large",
    extras: "bell",
  });
  expect(read).toEqual({
    name: "ada",
    path: "/",
    port: 8080,
    every: 0.5,
    keep: true,
    env: 2,
    size: "l",
    colour: "red",
    extras: ["bell"],
  });
  expect(await everything.read(sent)).toEqual({
    name: "ada",
    path: "/",
    port: null,
    every: 5,
    keep: false,
    env: 2,
    size: null,
    colour: "red",
    extras: [],
  });
  expect(everything.secrets).toEqual(["token", "env"]);
});

test.each([
  [{ name: "" }, "name", "Fill in “Name”."],
  [{ name: "adalovelace" }, "name", "Give at most 5 characters for “Name”."],
  [{ name: "a\tb" }, "name", "Give “Name” on one line."],
  [{ port: "0" }, "port", "Give a whole number from 1 to 65,535 for “Port”."],
  [{ port: "80.5" }, "port", "Give a whole number from 1 to 65,535 for “Port”."],
  [{ port: "0x10" }, "port", "Give a whole number from 1 to 65,535 for “Port”."],
  [{ every: "0.1" }, "every", "Give a number of at least 0.5 for “Every”."],
  [{ token: "" }, "token", "Fill in “Token”."],
  [{ size: "xl" }, "size", "Choose one of the entries of “Size”. What there is: Small (s), Large (l)."],
  [{ colour: "" }, "colour", "Choose one of the entries of “Colour”. What there is: Red (red)."],
  [{ colour: "mud" }, "colour", "There is no mud left."],
  [
    { extras: ["bell", "horn"] },
    "extras",
    "Choose one of the entries of “Extras”. What there is: Bell (bell).",
  ],
])("%o is refused at its field with a whole sentence", async (values, field, message) => {
  await expect(everything.read({ ...sent, ...values })).rejects.toMatchObject({
    code: "bad-input",
    field,
    message,
  });
});

test("a refusal of the author's own reading names the field, and his other errors stay as they are", async () => {
  const thrown = (error: unknown) =>
    start({
      fields: [
        text("name", "Name", {
          read: () => {
            throw error;
          },
        }),
      ],
      subject: () => "",
    }).read({ name: "ada" });
  await expect(thrown(new AppError("bad-input", "Not that one."))).rejects.toMatchObject({
    field: "name",
    message: "Not that one.",
  });
  await expect(thrown(new AppError("unreachable", "No answer."))).rejects.toMatchObject({
    code: "unreachable",
  });
  await expect(thrown(new TypeError("oops"))).rejects.toThrow(TypeError);
});

test("what a field tells of its secret cannot be the secret", async () => {
  const leaks = start({
    fields: [secret("token", "Token", { tells: (typed) => ({ masked: `<${typed}>` }) })],
    subject: () => "",
  });
  await expect(leaks.read({ token: 'qu"ote' })).rejects.toThrow('field "token"');
});

test("a form that nobody touched sends what is preset, and that can be read wherever nothing is required", async () => {
  const { fields } = await everything.form({ signal: never });
  const form = { fields, submit: "" };
  expect(await everything.read({ ...presetValues(form), name: "ada", token: "t0psecret" })).toMatchObject({
    path: "/",
    every: 5,
    size: null,
    colour: "red",
  });
});

test("a draft of some fields fills those in, and never a secret", async () => {
  const form = JSON.stringify(await formOf(everything, { name: "ada", token: "t0psecret", colour: "mud" }));
  expect(form).toContain('"value":"ada"');
  expect(form).toContain('"value":"/"');
  expect(form).toContain('"value":"mud"');
  expect(form).not.toContain("t0psecret");
});

test("a form in which nothing can be chosen says why and asks nothing", async () => {
  const one = start({
    fields: [
      text("name", "Name"),
      select("app", "App", { options: () => [], whenEmpty: "There is no app yet." }),
    ],
    submit: "Go",
    subject: () => "",
  });
  expect(await formOf(one)).toEqual({
    fields: [{ kind: "note", tone: "info", text: "There is no app yet." }],
    submit: "Go",
  });
  const optional = start({
    fields: [select("model", "Model", { options: () => [], none: "No model" })],
    subject: () => "",
  });
  expect(await formOf(optional)).toEqual({ fields: [], submit: "Start" });
});

const stored = (id: string, builtIn = false) =>
  ({ id, name: `the ${id}`, builtIn, values: {} }) as unknown as Connection;
const of = (...all: Connection[]): Connections => ({
  list: async () => all,
  open: async () => {
    throw new Error("not opened");
  },
});
const asked = (from: Connections) =>
  start({
    fields: [
      connection("on", "Where?", {
        from,
        kind: "ssh",
        what: "servers",
        whenEmpty: "None.",
        builtInMark: "ours",
      }),
    ],
    input: ({ on }) => ({ id: on.id }),
    subject: () => "",
  });

test.each([
  ["its id", of(stored("a"), stored("b")), "b", "b"],
  ["its name", of(stored("a"), stored("b")), "the b", "b"],
  ["nothing, where a person has added just one", of(stored("a"), stored("here", true)), "", "a"],
  ["nothing, where only ours is there", of(stored("here", true)), "", "here"],
])("a connection is meant by %s", async (_, from, on, id) => {
  expect(await asked(from).read({ on })).toEqual({ id });
});

test("a connection that is not named is never guessed among several", async () => {
  await expect(asked(of(stored("a"), stored("b"))).read({})).rejects.toMatchObject({
    field: "on",
    message: "Choose one of the servers. What there is: the a (a), the b (b).",
  });
});

test("the schema says of each field what programs may send, and that secrets are only written", () => {
  expect(everything.schema).toMatchObject({
    type: "object",
    required: ["name", "token", "colour"],
    properties: {
      name: { type: "string", title: "Name", maxLength: 5 },
      path: { type: "string", default: "/" },
      port: { type: "integer", minimum: 1, maximum: 65_535 },
      every: { type: "number", default: 5 },
      keep: { type: "boolean" },
      token: { type: "string", writeOnly: true },
      size: { type: "string", enum: ["", "s", "l"] },
      colour: { type: "string" },
      extras: { type: "array", items: { type: "string", enum: ["bell"] } },
    },
  });
});

test("whatever is sent, reading gives what the schema's type says or refuses at a field of the form", async () => {
  const value = fc.oneof(
    fc.string(),
    fc.array(fc.string()),
    fc.constantFrom("ada", "1", "-0", "1e3", "red", "s"),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...everything.names), value), async (values) => {
      try {
        const { port, every, size } = await everything.read({ ...sent, ...values });
        expect(port === null || (Number.isInteger(port) && port >= 1 && port <= 65_535)).toBe(true);
        expect(every).toBeGreaterThanOrEqual(0.5);
        expect([null, "s", "l"]).toContain(size);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(everything.names).toContain(error.field);
      }
    }),
  );
});

test("lines that a browser sent reach a shell as it ends them", async () => {
  const { read } = text("script", "Script", { multiline: true });
  expect(await read({ script: "if true; then\r\n  echo hi\r\nfi" })).toBe("if true; then\n  echo hi\nfi");
});
