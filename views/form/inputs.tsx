import type { Field, SelectField } from "#core/form.ts";
import { Below, described, Labelled } from "./around.tsx";
import type { FieldProps } from "./field-props.ts";

export const NumberView = ({ field, id, error }: FieldProps<Extract<Field, { kind: "number" }>>) => (
  <Labelled label={field.unit === undefined ? field.label : `${field.label} (${field.unit})`} id={id}>
    <input
      type="number"
      inputmode="numeric"
      id={id}
      name={field.name}
      value={field.value ?? ""}
      min={field.min}
      max={field.max}
      step="any"
      class="short"
      {...described(field, id, error)}
    />
    <Below field={field} id={id} error={error} />
  </Labelled>
);

export const SelectView = ({ field, id, error }: FieldProps<SelectField>) => (
  <Labelled label={field.label} id={id}>
    <select id={id} name={field.name} {...described(field, id, error)}>
      {field.options.map((option) => (
        <option
          value={option.value}
          selected={option.value === field.value}
          disabled={option.disabled !== undefined}
        >
          {option.disabled === undefined ? option.label : `${option.label} (${option.disabled})`}
        </option>
      ))}
    </select>
    <Below field={field} id={id} error={error} />
  </Labelled>
);

export const CheckboxView = ({ field, id, error }: FieldProps<Extract<Field, { kind: "checkbox" }>>) => (
  <div class="field">
    <div class="tick">
      <input
        type="checkbox"
        id={id}
        name={field.name}
        value="on"
        checked={field.checked}
        {...described(field, id, error)}
      />
      <label for={id}>{field.label}</label>
    </div>
    <Below field={field} id={id} error={error} />
  </div>
);
