import type { PropsWithChildren } from "hono/jsx";
import type { ConnectionField, ConnectionKind, ConnectionValues } from "#core/connection.ts";
import { Below, described, Labelled } from "./around.tsx";
import type { FormError } from "./form-error.ts";

/** A kind of connection as views need it: without its functions. */
export type KindView = Pick<ConnectionKind, "kind" | "title" | "about" | "fields">;

interface ValuesFormProps {
  kind: KindView;
  values: ConnectionValues;
  name: string;
  error: FormError | undefined;
  /** What is changed; something new without it. */
  id: string | undefined;
  /** Where it posts to, and where "Back" leads. */
  action: string;
  back: string;
  class?: string;
  /** Below the name. */
  nameHelp?: string;
}

/** Asks for a name and what the kind needs, of a connection or a channel, and for what stands in it. A secret is never filled in, except one that is made here for the other side; left empty while changing, the old one stays. */
export const ValuesForm = (props: PropsWithChildren<ValuesFormProps>) => {
  const { kind, values, name, error, id, nameHelp } = props;
  const named = { name: "name", ...(nameHelp === undefined ? {} : { help: nameHelp }) };
  return (
    <form method="post" action={props.action} class={props.class} data-asks>
      {error !== undefined && (
        <div class="notice tone-bad" role="alert" tabindex={-1} autofocus hx-ignore>
          <p>
            <strong>{error.message}</strong>
          </p>
        </div>
      )}
      <input type="hidden" name="kind" value={kind.kind} />
      <Labelled label="Name" id="field-name">
        <input
          type="text"
          id="field-name"
          name="name"
          value={name}
          required
          autocomplete="off"
          {...described(named, "field-name", error)}
        />
        <Below field={named} id="field-name" error={error} />
      </Labelled>
      {kind.fields.map((field, at) => (
        <ValueField
          field={field}
          id={`field-${at}`}
          value={values[field.name]}
          error={error}
          changing={id !== undefined}
        />
      ))}
      {props.children}
      <div class="ask-buttons">
        <button type="submit" class="button-primary">
          {id === undefined ? "Add and test" : "Keep and test"}
        </button>
        <a class="button button-outline" href={props.back}>
          Back
        </a>
      </div>
    </form>
  );
};

interface ValueFieldProps {
  field: ConnectionField;
  id: string;
  value: string | undefined;
  error: FormError | undefined;
  changing: boolean;
}

/** One value that is asked for. */
const ValueField = ({ field, id, value, error, changing }: ValueFieldProps) => {
  const help = [
    field.help,
    field.secret && changing && "Leave it empty to keep the one that is stored.",
  ].filter((one) => typeof one === "string");
  const named = { name: field.name, ...(help.length > 0 ? { help: help.join(" ") } : {}) };
  const shared = {
    id,
    name: field.name,
    placeholder: field.placeholder,
    required: field.required && !(field.secret && changing),
    spellcheck: false,
    ...described(named, id, error),
  };
  const isHidden = field.secret && (changing || field.given !== true);
  const shown = isHidden ? "" : (value ?? field.preset ?? "");
  return (
    <Labelled label={field.required ? field.label : `${field.label} (optional)`} id={id}>
      {field.options !== undefined ? (
        <select {...described(named, id, error)} id={id} name={field.name}>
          {field.options.map((option) => (
            <option value={option.value} selected={option.value === shown}>
              {option.label}
            </option>
          ))}
        </select>
      ) : field.multiline ? (
        <textarea {...shared} rows={5} class={isHidden ? "secret" : undefined} autocomplete="off">
          {shown}
        </textarea>
      ) : (
        <input
          {...shared}
          type={isHidden ? "password" : "text"}
          value={shown}
          autocomplete={field.secret ? "new-password" : "off"}
        />
      )}
      <Below field={named} id={id} error={error} />
    </Labelled>
  );
};
