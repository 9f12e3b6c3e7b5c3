import type { Decided } from "./answerers.ts";

/** What a form sends: one or several texts per field, as HTML forms and our JSON API give them. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** The single text of a field, trimmed; "" when it was not sent. */
export const textOf = (values: Values, name: string): string => {
  const value = values[name];
  return (typeof value === "string" ? value : (value?.[0] ?? "")).trim();
};

/** All texts of a field; none when it was not sent. */
export const textsOf = (values: Values, name: string): readonly string[] => {
  const value = values[name];
  if (value === undefined || value === "") return [];
  return typeof value === "string" ? [value] : value;
};

export interface Option {
  value: string;
  label: string;
  /** Further cells when the field has `columns`. */
  cells?: readonly string[];
  /** Short remarks shown as badges: "downloaded", "newest". */
  marks?: readonly string[];
  /** Why it cannot be chosen. */
  disabled?: string;
}

/** A question shown to a person, as plain data. The view draws it; `read` of the ask step takes the values back. */
export interface Form extends Decided {
  fields: readonly Field[];
  /** The button that answers. */
  submit: string;
  /** More buttons that answer in another way or redraw the form; their `value` arrives as `press`. */
  buttons?: readonly FormButton[];
}

/** Nothing can be chosen in it, and it says why: a button would only be refused. */
export const isImpossible = ({ fields }: Pick<Form, "fields">): boolean =>
  fields.length > 0 && fields.every(({ kind }) => kind === "note");

export interface FormButton {
  /** `answer` sends the answer with this `press`; `redraw` shows the form anew with the values so far. */
  does: "answer" | "redraw";
  value: string;
  label: string;
}

export type Field =
  | TextField
  | {
      kind: "number";
      name: string;
      label: string;
      help?: string;
      value?: string;
      min?: number;
      max?: number;
      unit?: string;
    }
  | ChoiceField
  | ManyField
  | SelectField
  | { kind: "checkbox"; name: string; label: string; help?: string; checked: boolean }
  | { kind: "hidden"; name: string; value: string }
  | { kind: "table"; caption: string; head: readonly string[]; rows: readonly (readonly string[])[] }
  | { kind: "facts"; label: string; facts: readonly Fact[] }
  | { kind: "code"; label: string; text: string }
  | ApprovalField
  | DiagramField
  | { kind: "note"; tone: "info" | "warning" | "danger" | "success"; text: string }
  | {
      kind: "group";
      legend: string;
      help?: string;
      fields: readonly Field[];
      buttons?: readonly FormButton[];
      open?: boolean;
    }
  | { kind: "row"; fields: readonly Field[]; buttons?: readonly FormButton[] };

/** Boxes with lines in them, and which line of which box points to which box, by their places. */
export interface DiagramField {
  kind: "diagram";
  label: string;
  boxes: readonly { title: string; lines: readonly string[] }[];
  links: readonly { from: number; line: number; to: number }[];
}

export const risks = ["low", "medium", "high"] as const;

/** What a person is asked to agree to. */
export interface ApprovalField {
  kind: "approval";
  /** What will happen, in a sentence. */
  what: string;
  risk: (typeof risks)[number];
  /** What it touches, a sentence each. */
  impact: readonly string[];
}

export interface TextField {
  kind: "text";
  name: string;
  label: string;
  help?: string;
  value?: string;
  placeholder?: string;
  required?: boolean;
  inputMode?: "text" | "url" | "search";
  multiline?: boolean;
  /** How many lines of it are seen at once. */
  rows?: number;
  /** Suggested values, offered as one types. */
  suggestions?: readonly string[];
  /** A button beside the field that redraws the form with this `press`: "Search". */
  button?: FormButton;
  autocomplete?: string;
  /** Typed unseen, and never kept in the clear. */
  secret?: boolean;
  /** A file is chosen, of these endings and types: “.csv,text/csv”. What is sent for it is the name under which it is kept. */
  accept?: string;
  /** Several files may be chosen; the value has a line for each. */
  several?: boolean;
}

/** Exactly one of a list, shown as a table when `columns` are given. */
export interface ChoiceField {
  kind: "choice";
  name: string;
  label: string;
  help?: string;
  options: readonly Option[];
  value?: string;
  /** Heads of the label column and of `cells`. */
  columns?: readonly string[];
}

/** Any number of a list. */
export interface ManyField {
  kind: "many";
  name: string;
  label: string;
  help?: string;
  options: readonly Option[];
  values: readonly string[];
}

export interface SelectField {
  kind: "select";
  name: string;
  label: string;
  help?: string;
  options: readonly Option[];
  value?: string;
}

export interface Fact {
  label: string;
  value: string;
}

/** All fields of a form, those in groups and rows too. */
export const allFields = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) =>
    field.kind === "group" || field.kind === "row" ? [field, ...allFields(field.fields)] : [field],
  );

/** Every text in a value of any shape, also in lists and objects of it. */
export function* textsIn(given: unknown): Generator<string> {
  if (typeof given === "string") yield given;
  else if (given instanceof Object) for (const value of Object.values(given)) yield* textsIn(value);
}
