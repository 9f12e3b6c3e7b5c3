import type { ChatButton } from "#core/chat.ts";
import { allFields, type Field, type Form, type Option, type Values } from "#core/form.ts";
import { wholeIn } from "./phrases.ts";
import { bare, plain } from "./plain.ts";

/** A field that a sentence can fill in. */
export type SayableField = Extract<
  Field,
  { kind: "text" | "number" | "choice" | "select" | "many" | "checkbox" }
>;

/** Said for a field that stays as the form has it. */
export const asItIs = "-";
/** A longer form is better seen whole. */
const mostFields = 6;
const mostOptions = 30;
const mostButtons = 8;
/** A line of a chat holds no more. */
const longestLabel = 60;

/** Comments go with the press that they are about, and are asked by nobody. */
const comment = "comment";

/**
 * The fields that a chat asks for, in their order: those that are in sight. What is folded away stays as it is. Null where a page is needed:
 * for secrets, long forms and long lists.
 */
export const sayableIn = ({ fields }: Form): readonly SayableField[] | null => {
  const hasApproval = fields.some(({ kind }) => kind === "approval");
  const inSight = fields.flatMap((field) => (field.kind === "row" ? field.fields : [field]));
  const asked = inSight.filter(isSayable).filter(({ name }) => !(hasApproval && name === comment));
  const isSecret = (field: Field) => field.kind === "text" && field.secret === true;
  const needsPage =
    asked.length > mostFields ||
    allFields(fields).some(isSecret) ||
    asked.some((field) => optionsOf(field).length > mostOptions);
  return needsPage ? null : asked;
};

const isSayable = (field: Field): field is SayableField =>
  ["text", "number", "choice", "select", "many", "checkbox"].includes(field.kind);

const optionsOf = (field: SayableField): readonly Option[] =>
  "options" in field ? field.options.filter(({ disabled }) => disabled === undefined) : [];

/** What the form sends besides what is asked: hidden fields, and what is filled in beforehand. */
export const presetOf = (form: Form): Values =>
  Object.fromEntries(
    allFields(form.fields).flatMap((field): [string, string | readonly string[]][] => {
      switch (field.kind) {
        case "hidden":
          return [[field.name, field.value]];
        case "select": {
          // A browser sends the first one where nobody chose.
          const value = field.value || field.options.find(({ disabled }) => disabled === undefined)?.value;
          return value === undefined ? [] : [[field.name, value]];
        }
        case "text":
        case "number":
        case "choice":
          return field.value === undefined || field.value === "" ? [] : [[field.name, field.value]];
        case "many":
          return field.values.length === 0 ? [] : [[field.name, field.values]];
        case "checkbox":
          return field.checked ? [[field.name, "on"]] : [];
        default:
          return [];
      }
    }),
  );

/** What is said to have a field filled in, and the presses that do it. */
export const promptFor = (field: SayableField): { lines: string[]; buttons: ChatButton[] } => {
  const options = optionsOf(field);
  const help = "help" in field && field.help !== undefined ? [field.help] : [];
  const head = [field.label, ...help];
  if (field.kind === "checkbox")
    return {
      lines: head,
      buttons: [
        { label: "Yes", says: "yes" },
        { label: "No", says: "no" },
      ],
    };
  const keep = keepButton(field);
  if (options.length === 0) return { lines: head, buttons: keep };
  const numbered = areNumbered(options);
  const several = field.kind === "many" ? [numbered ? "Say their numbers: “1, 3”." : "Say their names."] : [];
  const press = options.map((option, at) => ({
    label: wordsOf(option).slice(0, longestLabel),
    says: numbered ? String(at + 1) : option.label,
  }));
  const lines = options.map((option, at) => `${numbered ? `${at + 1}.` : "·"} ${wordsOf(option)}`);
  return {
    lines: [...head, ...lines, ...several],
    buttons: field.kind === "many" || options.length > mostButtons ? keep : press,
  };
};

/** Options that are numbers themselves have no others beside: “1” would be the first of them and the one called 1. */
const areNumbered = (options: readonly Option[]): boolean =>
  !options.some(({ label, value }) => [label, value].some((one) => /^\d+$/.test(one.trim())));

const wordsOf = ({ label, cells = [], marks = [] }: Option): string =>
  [label, ...cells, ...marks].join(" · ");

const keepButton = (field: Exclude<SayableField, { kind: "checkbox" }>): ChatButton[] => {
  const now = field.kind === "many" ? field.values.join(", ") : (field.value ?? "");
  const isNeeded = field.kind === "choice" || (field.kind === "text" && field.required === true);
  if (now === "" && isNeeded) return [];
  if (now === "") return [{ label: field.kind === "many" ? "None" : "Leave it empty", says: asItIs }];
  const option = optionsOf(field).find(({ value }) => value === now);
  return [{ label: `Keep “${(option?.label ?? now).slice(0, longestLabel)}”`, says: asItIs }];
};

/** What a sentence puts into a field, as a browser would send it; a refusal is a sentence. */
export const readSaid = (
  field: SayableField,
  said: string,
): { value: string | readonly string[] } | { refused: string } => {
  const typed = said.trim();
  const keeps = typed === asItIs;
  switch (field.kind) {
    case "text":
      return { value: keeps ? (field.value ?? "") : typed };
    case "number": {
      if (keeps) return { value: field.value ?? "" };
      const number = typed.replace(",", ".");
      return Number.isFinite(Number(number)) && number !== ""
        ? { value: number }
        : { refused: `Say a number for “${field.label}”.` };
    }
    case "checkbox": {
      const whole = wholeIn(plain(typed));
      if (whole === "yes") return { value: "on" };
      return whole === "no" ? { value: "" } : { refused: "Say yes or no." };
    }
    case "choice":
    case "select": {
      if (keeps && (field.value ?? "") !== "") return { value: field.value ?? "" };
      const option = optionIn(optionsOf(field), typed);
      return option === null
        ? {
            refused: areNumbered(optionsOf(field))
              ? "That is none of them. Say its number or its name."
              : "That is none of them. Say its name.",
          }
        : { value: option.value };
    }
    case "many": {
      if (keeps) return { value: field.values };
      const options = optionsOf(field);
      const found = typed.split(/\s*[,;]\s*|\s+/).map((one) => optionIn(options, one));
      const whole = optionIn(options, typed);
      if (whole !== null) return { value: [whole.value] };
      return found.includes(null)
        ? { refused: "Say the numbers of those that you mean: “1, 3”." }
        : { value: found.flatMap((one) => (one === null ? [] : [one.value])) };
    }
    default:
      return field satisfies never;
  }
};

/** By number, by name, or by the beginning of a name that only one has. */
const optionIn = (options: readonly Option[], typed: string): Option | null => {
  const byNumber = /^\d{1,2}$/.test(typed) && areNumbered(options) ? options[Number(typed) - 1] : undefined;
  const name = bare(typed);
  const exact =
    options.find(({ label }) => bare(label) === name) ?? options.find(({ value }) => bare(value) === name);
  const begun = name === "" ? [] : options.filter(({ label }) => bare(label).startsWith(name));
  return exact ?? byNumber ?? (begun.length === 1 ? (begun[0] ?? null) : null);
};

/** "Name: Ada", for the last look before it is sent. */
export const filledLine = (field: SayableField, values: Values): string => {
  const value = values[field.name] ?? "";
  const texts = typeof value === "string" ? [value] : value;
  const shown = texts.map((one) => optionsOf(field).find((option) => option.value === one)?.label ?? one);
  if (field.kind === "checkbox") return `${field.label}: ${shown[0] === "on" ? "yes" : "no"}`;
  return `${field.label}: ${shown.join(", ") || "–"}`;
};
