import type { Connections } from "./connection.ts";
import type { Option, TextField } from "./form.ts";

/** Of a field whose text is not for those with whom a run is shared. */
export interface Privacy {
  private?: true;
}

export interface TextOptions extends Privacy {
  help?: string;
  placeholder?: string;
  required?: boolean;
  multiline?: boolean;
  autocomplete?: string;
  /** A file is chosen (`TextField`); its shape is `upload.shape`. */
  accept?: string;
  /** Characters at most. */
  longest?: number;
  /** What a text must look like, and the whole sentence that says so. An empty one only has to where the field is required. */
  shape?: { is: RegExp; says: string };
}

export interface PlainTextOptions extends Omit<TextOptions, "placeholder"> {
  /** An example, or where a fitting one is looked up. */
  placeholder?: string | (() => Promise<string | undefined>);
  /** Filled in beforehand, and what an empty text stands for. */
  preset?: string;
  inputMode?: TextField["inputMode"];
  suggestions?: readonly string[];
}

export interface SecretOptions<T> extends TextOptions {
  tells?: (typed: string) => T;
  hides?: RegExp;
}

export interface NumberOptions extends Privacy {
  help?: string;
  min?: number;
  max?: number;
  unit?: string;
  /** Filled in beforehand, and what an empty field stands for. */
  preset?: number;
  required?: boolean;
  /** Takes fractions too; otherwise whole numbers only. */
  fractions?: boolean;
}

export interface CheckboxOptions extends Privacy {
  help?: string;
  preset?: boolean;
}

export type Options<V extends string> =
  | readonly (Option & { value: V })[]
  | (() => readonly Option[] | Promise<readonly Option[]>);

export interface ListOptions<V extends string> extends Privacy {
  help?: string;
  /** A list, or where it is looked up anew whenever the form is drawn or read. */
  options: Options<V>;
  /** Said instead of the form where there is nothing to choose from. */
  whenEmpty?: string;
  /** The refusal of a value that is not in the list. */
  otherwise?: string;
}

export interface OneOptions<V extends string> extends ListOptions<V> {
  /** Chosen beforehand; otherwise the first is. */
  preset?: NoInfer<V>;
}

export interface ManyOptions<V extends string> extends ListOptions<V> {
  preset?: readonly NoInfer<V>[];
}

export interface ConnectionOptions {
  from: Connections;
  kind: string;
  /** "servers", for the refusal. */
  what: string;
  whenEmpty: string;
  /** The remark beside the one that Milepost itself runs. */
  builtInMark: string;
}
