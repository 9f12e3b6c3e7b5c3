import { AppError } from "#core/errors.ts";
import { allFields, type Field, type Form, type Option } from "#core/form.ts";
import type { Given } from "./client.ts";
import type { Terminal } from "./terminal.ts";
import { type NamedField, preselected } from "./values.ts";

/**
 * Asks a form's questions in the terminal, each with what holds when one just presses Enter. Whoever has `given` some is asked only for what
 * cannot be left out, and where nobody sits, nothing is asked.
 */
export const askForm = async (terminal: Terminal, form: Form, given: Given): Promise<Given> => {
  const values: Record<string, string | readonly string[]> = { ...preselected(form), ...given };
  const isAll = Object.keys(given).length === 0;
  for (const field of allFields(form.fields)) {
    if (!terminal.isPerson) break;
    if (!("name" in field)) {
      if (isAll) terminal.out(words(field));
      continue;
    }
    if (field.name in given || field.kind === "hidden" || !(isAll || isNeeded(field))) continue;
    const answer = await untilUsable(terminal, field);
    if (answer === undefined) delete values[field.name];
    else values[field.name] = answer;
  }
  return values;
};

/** Asks a form's questions and sends the answers. A person is asked again for what is refused and was not given beforehand. */
export const askAndSend = async <T>(
  terminal: Terminal,
  form: Form,
  given: Given,
  send: (values: Given) => Promise<T>,
): Promise<T> => {
  let values = await askForm(terminal, form, given);
  for (;;) {
    try {
      return await send(values);
    } catch (thrown) {
      const field = allFields(form.fields).find((one) => "name" in one && one.name === refusedIn(thrown));
      if (!terminal.isPerson || field === undefined || !("name" in field) || field.name in given)
        throw thrown;
      terminal.err(`${(thrown as AppError).message}\n`);
      const { [field.name]: _, ...others } = values;
      const answer = await untilUsable(terminal, field);
      values = answer === undefined ? others : { ...others, [field.name]: answer };
    }
  }
};

const refusedIn = (thrown: unknown): string | undefined =>
  thrown instanceof AppError && (thrown.code === "bad-input" || thrown.code === "bad-answer")
    ? thrown.field
    : undefined;

/** Asked again until it can be one: a slip costs nothing that was typed before. */
const untilUsable = async (
  terminal: Terminal,
  field: NamedField,
): Promise<string | readonly string[] | undefined> => {
  for (;;) {
    try {
      const answer = await askField(terminal, field);
      const lack = lackOf(field, answer);
      if (lack === null) return answer;
      terminal.err(`${lack}\n`);
    } catch (thrown) {
      if (refusedIn(thrown) === undefined) throw thrown;
      terminal.err(`${(thrown as AppError).message}\n`);
    }
  }
};

const lackOf = (field: NamedField, answer: string | readonly string[] | undefined): string | null => {
  if (field.kind === "text" && field.required === true && (answer ?? "") === "")
    return `Fill in “${field.label}”.`;
  if (field.kind !== "number" || answer === undefined || answer === "") return null;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field;
  if (Number.isNaN(Number(answer))) return `Give a number for “${field.label}”.`;
  if (Number(answer) < min) return `Give ${min} or more for “${field.label}”.`;
  return Number(answer) > max ? `Give ${max} or less for “${field.label}”.` : null;
};

/** Nothing holds without an answer. */
const isNeeded = (field: NamedField): boolean => {
  if (field.kind === "text") return field.required === true && !field.value;
  return (field.kind === "choice" || field.kind === "select") && field.value === undefined;
};

/** What is shown beside the questions. */
const words = (field: Exclude<Field, { name: string }>): string => {
  switch (field.kind) {
    case "note":
      return `${field.text}\n`;
    case "approval":
      return `${field.what} (risk: ${field.risk})\n${field.impact.map((one) => `  - ${one}\n`).join("")}`;
    case "facts":
      return `${field.label}\n${field.facts.map((one) => `  ${one.label}: ${one.value}\n`).join("")}`;
    case "code":
      return `${field.label}\n${field.text.replace(/^/gm, "  ")}\n`;
    case "table":
      return [field.head, ...field.rows].map((row) => `  ${row.join(" | ")}\n`).join("");
    case "diagram":
      return field.boxes.map(({ title, lines }) => `  ${title}: ${lines.join(", ")}\n`).join("");
    case "group":
      return `${field.legend}\n`;
    case "row":
      return "";
    default:
      return field satisfies never;
  }
};

const askField = async (
  terminal: Terminal,
  field: NamedField,
): Promise<string | readonly string[] | undefined> => {
  if ("help" in field && field.help !== undefined) terminal.out(`  ${field.help}\n`);
  switch (field.kind) {
    case "choice":
    case "select": {
      list(terminal, field.options);
      const told = await terminal.ask(prompt(field.label, numberOf(field.options, field.value)));
      return told === "" ? field.value : chosen(field.options, told, field.name);
    }
    case "many": {
      list(terminal, field.options);
      const usual = field.values.map((value) => numberOf(field.options, value)).join(",");
      const told = await terminal.ask(prompt(`${field.label} (numbers, with commas)`, usual));
      if (told === "") return field.values;
      return told.split(",").map((one) => chosen(field.options, one.trim(), field.name));
    }
    case "checkbox": {
      const told = await terminal.ask(`${field.label} [${field.checked ? "Y/n" : "y/N"}] `);
      const isOn = told === "" ? field.checked : /^y/i.test(told);
      return isOn ? "on" : undefined;
    }
    case "text":
      if (field.secret === true) return await terminal.ask(prompt(field.label, undefined), { unseen: true });
      return (await terminal.ask(prompt(field.label, field.value))) || field.value;
    case "number":
      return (await terminal.ask(prompt(field.label, field.value))) || field.value;
    case "hidden":
      return field.value;
    default:
      return field satisfies never;
  }
};

const prompt = (label: string, usual: string | undefined): string =>
  `${label}${usual === undefined || usual === "" ? "" : ` [${usual}]`}: `;

const list = ({ out }: Terminal, options: readonly Option[]): void => {
  for (const [index, { label, cells = [], disabled }] of options.entries())
    out(
      `  ${index + 1}) ${[label, ...cells].join(" · ")}${disabled === undefined ? "" : ` (${disabled})`}\n`,
    );
};

const numberOf = (options: readonly Option[], value: string | undefined): string | undefined => {
  const index = options.findIndex((option) => option.value === value);
  return index === -1 ? undefined : String(index + 1);
};

/** By its number in the list, or by its value. */
const chosen = (options: readonly Option[], told: string, name: string): string => {
  const option = options.find(({ value }) => value === told) ?? options[Number(told) - 1];
  if (option === undefined)
    throw new AppError("bad-input", `“${told}” is none of the choices.`, { field: name });
  return option.value;
};
