import {
  type AnyField,
  everyField,
  formOf,
  type Given,
  type JsonSchema,
  readFields,
  type SecretsOf,
  schemaOf,
} from "./fields.ts";
import { drafted } from "./filled.ts";
import type { Form, Values } from "./form.ts";
import type { InJson } from "./json.ts";
import { aFunction, anObject, assertShape, listOf, needed, type Shape, someWords } from "./shape.ts";

/** Answers and results by step id. */
type Earlier = Readonly<Record<string, unknown>>;

declare const described: unique symbol;

/** What a workflow asks before its run exists, made by `start`. */
export interface Start<I, K extends string = string> {
  /** Only `start` makes one, so that each secret in its form is one of `secrets`. */
  readonly [described]: true;
  form(ctx: { signal: AbortSignal; draft?: Values; press?: string }): Promise<Form>;
  /** Throws AppError("bad-input", sentence, { field }). */
  read(values: Values): Promise<I>;
  /** The names of all fields, in their order. */
  readonly names: readonly string[];
  /** The fields of the form that are kept sealed apart from the input and handed to steps by `ctx.secret`. */
  readonly secrets: readonly K[];
  /** What of a secret of many lines is secret by itself, by field; of all others every line is. */
  readonly hides?: Readonly<Record<string, RegExp>>;
  /** The fields of which nothing is shown where a run is shared, and in no report. */
  readonly privates: readonly string[];
  /** Whether a file is chosen for one of its fields. */
  readonly takesFiles: boolean;
  /** What programs may send to start a run. */
  readonly schema: JsonSchema;
  subject(input: I, results: Earlier): string;
  lock?(input: I): string | null;
  onFailure?(input: I): "stop" | "undo";
}

export interface StartOptions<F, I> {
  /** In the order in which they are shown. Default: nothing is asked. */
  fields?: readonly F[];
  /** The button. Default: “Start”. */
  submit?: string;
  /** What steps are given, made of what was typed; it may refuse with AppError("bad-input", sentence, { field }). Default: just that. */
  input?: (given: Given<F>) => I | Promise<I>;
  /** One line that tells this run from others: "node1 / mybot"; asked again after every answer. */
  subject: (input: I, results: Earlier) => string;
  /** A name that only one active run may hold. */
  lock?: (input: I) => string | null;
  /** `undo`: what the run made is removed by itself when it fails. `stop` (default): it is kept and a person decides. */
  onFailure?: (input: I) => "stop" | "undo";
}

const startShape = {
  ...{ fields: listOf("a list of fields", anObject), submit: someWords, input: aFunction },
  ...{ subject: needed(aFunction), lock: aFunction, onFailure: aFunction },
} satisfies Shape<StartOptions<unknown, unknown>>;

/** What a workflow asks first, from one description of each field: the form, what it reads, its types, secrets and schema. */
export const start = <const F extends AnyField = never, I = Given<F>>(
  options: StartOptions<F, I> & InJson<I>,
): Start<I, SecretsOf<F>> => {
  assertShape("start({ … })", options, startShape);
  const { fields = [], submit = "Start", input, ...rest } = options;
  const every = everyField(fields);
  const made = {
    ...rest,
    form: async ({ draft }: { draft?: Values }) => {
      const form = await formOf(fields, submit);
      return draft === undefined ? form : drafted(form, draft);
    },
    read: async (values: Values) => {
      const given = await readFields(fields, values);
      return input === undefined ? given : input(given);
    },
    names: every.map(({ name }) => name),
    secrets: every.filter(({ secret }) => secret === true).map(({ name }) => name),
    hides: Object.fromEntries(
      every.flatMap((field) => (field.secret && field.hides ? [[field.name, field.hides]] : [])),
    ),
    privates: every.filter(({ private: isPrivate }) => isPrivate === true).map(({ name }) => name),
    takesFiles: every.some(({ file }) => file === true),
    schema: schemaOf(fields),
  };
  // Where `input` is absent I is what was typed, as its default says.
  return made as unknown as Start<I, SecretsOf<F>>;
};

/**
 * The start of what an `each` step does for each of its items: nothing is asked, for the input is what the item has. `secrets` are those of
 * the run that has the step.
 */
export const item = <I, const K extends string = never>({
  secrets = [],
  ...options
}: Pick<StartOptions<never, I>, "lock" | "onFailure"> & { secrets?: readonly K[] } = {}): Start<I, K> => ({
  ...(start<never, unknown>({ subject: () => "" }) as unknown as Start<I, K>),
  ...options,
  secrets,
});
