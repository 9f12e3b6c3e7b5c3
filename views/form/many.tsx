import type { ManyField } from "#core/form.ts";
import { Mark } from "#views/parts/badge.tsx";
import { Below, described } from "./around.tsx";
import type { FieldProps } from "./field-props.ts";

/** Any number of a list, in as many columns as fit. */
export const ManyView = ({ field, id, error }: FieldProps<ManyField>) => {
  const { "aria-describedby": describedBy, "aria-invalid": invalid } = described(field, id, error);
  return (
    <fieldset class="field" aria-describedby={describedBy}>
      <legend>
        {field.label}{" "}
        <small class="chosen">
          {field.values.length} of {field.options.length} chosen
        </small>
      </legend>
      <Below field={field} id={id} error={error} />
      <div class="scroll-box tick-grid">
        {field.options.map((option, at) => (
          <span class="tick">
            <input
              type="checkbox"
              id={`${id}-${at}`}
              name={field.name}
              value={option.value}
              checked={field.values.includes(option.value)}
              disabled={option.disabled !== undefined}
              aria-invalid={invalid}
            />
            <label for={`${id}-${at}`}>
              {option.label}
              {(option.cells ?? []).map((cell) => (
                <small>{cell}</small>
              ))}
              {(option.marks ?? []).map((mark) => (
                <>
                  {" "}
                  <Mark text={mark} />
                </>
              ))}
              {option.disabled !== undefined && <small class="why-not">{option.disabled}</small>}
            </label>
          </span>
        ))}
      </div>
    </fieldset>
  );
};
