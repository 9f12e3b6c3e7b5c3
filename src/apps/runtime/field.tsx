import type { Addresses } from "./addresses.ts";
import { isNumeric, kinds } from "./kinds.ts";
import type { Choice } from "./rows.ts";
import { type Column, digitsOf } from "./schema.ts";

/** What a reference may point to. */
export interface Choices {
  rows: Choice[];
  /** There are more rows than these: they are found by typing. */
  more: boolean;
}

export interface FieldProps {
  to: Addresses;
  /** Makes ids on a page with several forms different. */
  form: string;
  id: string;
  column: Column;
  /** As it was typed, or as it is kept. */
  value: string;
  problem?: string | undefined;
  choices?: Choices | undefined;
  /** Whether this is where a person goes on: the keyboard is there when the form appears. */
  focused?: boolean;
}

/** One labelled input, with what is wrong below it. */
export const Field = (props: FieldProps) => {
  const { form, id, column, problem } = props;
  const key = `${form}-${id}`;
  if (column.type === "boolean") return <Tick {...props} />;
  return (
    <div class={column.type === "longtext" ? "field wide" : "field"}>
      <label for={key}>
        {column.label}
        {column.currency !== undefined && ` (${column.currency})`}
        {column.type === "percent" && " (%)"}
        {column.required && <span class="needed"> (needed)</span>}
      </label>
      <Input {...props} />
      {problem !== undefined && (
        <p class="wrong" id={`${key}-wrong`}>
          {problem}
        </p>
      )}
    </div>
  );
};

const Input = (props: FieldProps) => {
  const { form, id, column, value, problem, choices, focused = false } = props;
  const common = {
    id: `${form}-${id}`,
    name: id,
    required: column.required,
    autofocus: focused,
    ...(problem === undefined ? {} : { "aria-invalid": "true", "aria-describedby": `${form}-${id}-wrong` }),
  } as const;
  if (column.type === "longtext")
    return (
      <textarea {...common} rows={4}>
        {value}
      </textarea>
    );
  if (column.options !== undefined)
    return <Select {...common} value={value} options={column.options.map((one) => [one, one])} />;
  if (column.to !== undefined && choices !== undefined)
    return choices.more ? (
      <Typed to={props.to} {...{ id, value, choices, common, table: column.to }} />
    ) : (
      <Select {...common} value={value} options={choices.rows.map(({ id, name }) => [id, name])} />
    );
  return (
    <input
      {...common}
      type={kinds[column.type].input}
      value={column.type === "timestamp" ? value.slice(0, 16) : value}
      step={isNumeric(column.type) ? String(10 ** -digitsOf(column)) : undefined}
      autocomplete="off"
    />
  );
};

interface Common {
  id: string;
  name: string;
  required: boolean;
  autofocus: boolean;
}

interface SelectProps extends Common {
  value: string;
  options: [string, string][];
  /** What is chosen where nothing is. */
  empty?: string;
}

export const Select = ({ value, options, empty = "–", ...common }: SelectProps) => (
  <select {...common}>
    <option value="">{empty}</option>
    {/* A value that is no longer among the options stays until somebody changes it. */}
    {value !== "" && !options.some(([one]) => one === value) && (
      <option value={value} selected>
        {value}
      </option>
    )}
    {options.map(([one, words]) => (
      <option value={one} selected={one === value}>
        {words}
      </option>
    ))}
  </select>
);

interface TypedProps extends Pick<FieldProps, "to" | "id" | "value"> {
  choices: Choices;
  common: Common;
  table: string;
}

/** One of more rows than a select has room for, found by typing. */
export const Typed = ({ to, id, value, choices, common, table }: TypedProps) => (
  <>
    <input
      {...common}
      type="text"
      value={choices.rows.find((one) => one.id === value)?.name ?? value}
      list={`${common.id}-list`}
      autocomplete="off"
      hx-get={to.choices(table, id)}
      hx-trigger="input changed delay:300ms"
      hx-target={`#${common.id}-list`}
      hx-swap="innerHTML"
    />
    <datalist id={`${common.id}-list`}>
      <ChoiceList rows={choices.rows} />
    </datalist>
  </>
);

/** The rows of a picker that is typed into. Rows of the same name, or whose name is cut short, are told by their id. */
export const ChoiceList = ({ rows }: { rows: readonly Choice[] }) => (
  <>
    {rows.map(({ id, name }) => {
      const unclear = name.endsWith("…") || rows.filter((one) => one.name === name).length > 1;
      return <option value={unclear ? `${name} [${id}]` : name} />;
    })}
  </>
);

const Tick = ({ form, id, column, value, problem, focused = false }: FieldProps) => (
  <div class="field tick">
    {/* Without it a form could not say no. */}
    <input type="hidden" name={id} value="no" />
    <input
      type="checkbox"
      id={`${form}-${id}`}
      name={id}
      value="yes"
      checked={value === "1" || value === "yes" || value === "true"}
      {...{ autofocus: focused }}
    />
    <label for={`${form}-${id}`}>{column.label}</label>
    {problem !== undefined && <p class="wrong">{problem}</p>}
  </div>
);
