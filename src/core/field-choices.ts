import type { Connection } from "./connection.ts";
import { privacyOf } from "./field-kinds.ts";
import type { ConnectionOptions, ListOptions, ManyOptions, OneOptions, Options } from "./field-options.ts";
import { assertField } from "./field-shapes.ts";
import { type InputField, type JsonSchema, wrong } from "./fields.ts";
import { type ChoiceField, type Option, textOf, textsOf } from "./form.ts";
import { refuse } from "./shape.ts";

/** One entry of a closed list. `none` is an entry that chooses nothing: null. The field is left out when nothing else is there. */
export const select = <
  const N extends string,
  const V extends string = string,
  const O extends string | undefined = undefined,
>(
  name: N,
  label: string,
  options: OneOptions<V> & { none?: O },
): InputField<N, O extends string ? V | null : V> => {
  assertField("select", name, label, options);
  const { none, ...list } = options;
  assertPreset("select", name, list);
  type Chosen = O extends string ? V | null : V;
  return {
    name,
    ...privacyOf(list),
    draw: async () => {
      const found = await listed(list.options);
      if (found.length === 0)
        return none === undefined ? { impossible: list.whenEmpty ?? nothingIn(label) } : null;
      const options = none === undefined ? found : [{ value: "", label: none }, ...found];
      return {
        kind: "select",
        name,
        label,
        ...helpOf(list),
        options,
        value: list.preset ?? options[0]?.value ?? "",
      };
    },
    read: async (values) => {
      const typed = textOf(values, name);
      if (typed === "" && none !== undefined) return null as Chosen;
      return (await inList(name, label, list, [typed]))[0] as Chosen;
    },
    schema: listSchema(label, list, none),
    required: none === undefined,
  };
};

/** One of a list that lies open, as a table where `columns` are given. */
export const choice = <const N extends string, const V extends string = string>(
  name: N,
  label: string,
  list: OneOptions<V> & Pick<ChoiceField, "columns">,
): InputField<N, V> => {
  assertField("choice", name, label, list);
  assertPreset("choice", name, list);
  return {
    name,
    ...privacyOf(list),
    draw: async () => {
      const options = await listed(list.options);
      if (options.length === 0) return { impossible: list.whenEmpty ?? nothingIn(label) };
      const { columns } = list;
      const value = list.preset ?? options.find(({ disabled }) => disabled === undefined)?.value ?? "";
      return {
        kind: "choice",
        name,
        label,
        ...helpOf(list),
        options,
        value,
        ...(columns === undefined ? {} : { columns }),
      };
    },
    read: async (values) => (await inList(name, label, list, [textOf(values, name)]))[0] as V,
    schema: listSchema(label, list, undefined),
    required: true,
  };
};

/** Any number of a list. */
export const many = <const N extends string, const V extends string = string>(
  name: N,
  label: string,
  list: ManyOptions<V>,
): InputField<N, readonly V[]> => {
  assertField("many", name, label, list);
  return {
    name,
    ...privacyOf(list),
    draw: async () => {
      const options = await listed(list.options);
      if (options.length === 0) return { impossible: list.whenEmpty ?? nothingIn(label) };
      return { kind: "many", name, label, ...helpOf(list), options, values: list.preset ?? [] };
    },
    read: async (values) => (await inList(name, label, list, textsOf(values, name))) as readonly V[],
    schema: { type: "array", title: label, items: { ...listSchema(label, list, undefined) } },
    required: false,
  };
};

/** One of the stored connections of a kind. */
export const connection = <const N extends string>(
  name: N,
  label: string,
  how: ConnectionOptions,
): InputField<N, Connection> => {
  assertField("connection", name, label, how);
  return {
    name,
    draw: async () => {
      const all = await how.from.list(how.kind);
      const value = (all.find(({ builtIn }) => !builtIn) ?? all[0])?.id;
      if (value === undefined) return { impossible: how.whenEmpty };
      const options = all.map((one) => ({
        value: one.id,
        label: one.name,
        marks: one.builtIn ? [how.builtInMark] : [],
      }));
      return { kind: "choice", name, label, options, value };
    },
    read: async (values) => {
      const all = await how.from.list(how.kind);
      const found = meant(all, textOf(values, name));
      if (found !== undefined) return found;
      if (all.length === 0) throw wrong(name, how.whenEmpty);
      const offered = offeredIn(all.map((one) => ({ value: one.id, label: one.name })));
      throw wrong(name, `Choose one of the ${how.what}. What there is: ${offered}.`);
    },
    schema: {
      type: "string",
      title: label,
      description: "The id of a connection, or its name. Where there is only one, it need not be given.",
    },
    required: false,
  };
};

/** Programs may give the name in place of the id; where a person has added just one, or there is just one, nothing has to be said. */
const meant = (all: readonly Connection[], given: string): Connection | undefined => {
  if (given !== "") return all.find(({ id }) => id === given) ?? all.find((one) => one.name === given);
  const own = all.filter(({ builtIn }) => !builtIn);
  const candidates = own.length === 0 ? all : own;
  return candidates.length === 1 ? candidates[0] : undefined;
};

const listed = async (options: Options<string>): Promise<readonly Option[]> =>
  typeof options === "function" ? options() : options;

const assertPreset = (kind: string, name: string, { options, preset }: OneOptions<string>): void => {
  if (preset === undefined || typeof options === "function" || options.some(({ value }) => value === preset))
    return;
  refuse(`${kind}("${name}", …): \`preset\` is none of its options.`);
};

const nothingIn = (label: string): string => `There is nothing to choose from for “${label}” at the moment.`;

const mostOffered = 12;

/** "Red (red), Blue (blue)": whoever writes a value by hand, or a program, has seen no form. */
const offeredIn = (options: readonly Pick<Option, "value" | "label">[]): string => {
  const shown = options
    .slice(0, mostOffered)
    .map(({ value, label }) => (value === label || value === "" ? label : `${label} (${value})`));
  const more = options.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** The values that were sent, once each of them is known to be in the list; one may be given as it is called, if no other is called so. */
const inList = async (
  name: string,
  label: string,
  { options, whenEmpty, otherwise }: ListOptions<string>,
  sent: readonly string[],
): Promise<readonly string[]> => {
  const all = await listed(options);
  if (all.length === 0) throw wrong(name, whenEmpty ?? otherwise ?? nothingIn(label));
  return sent.map((given) => {
    const called = all.filter((one) => one.label === given);
    const option = all.find((one) => one.value === given) ?? (called.length === 1 ? called[0] : undefined);
    if (option === undefined) {
      const offered = offeredIn(all.filter((one) => one.disabled === undefined));
      if (otherwise !== undefined) throw wrong(name, `${otherwise} What there is: ${offered}.`);
      throw wrong(name, `Choose one of the entries of “${label}”. What there is: ${offered}.`);
    }
    if (option.disabled !== undefined) throw wrong(name, option.disabled);
    return option.value;
  });
};

const helpOf = ({ help }: { help?: string }) => (help === undefined ? {} : { help });

/** The entries stand in the schema where they are always the same. */
const listSchema = (
  label: string,
  { help, options }: ListOptions<string>,
  none: string | undefined,
): JsonSchema => ({
  type: "string",
  title: label,
  ...(help === undefined ? {} : { description: help }),
  ...(typeof options === "function"
    ? {}
    : { enum: [...(none === undefined ? [] : [""]), ...options.map(({ value }) => value)] }),
});
