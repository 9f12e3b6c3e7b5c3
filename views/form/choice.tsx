import type { ChoiceField, Option } from "#core/form.ts";
import { cellClass } from "#views/form/shown.tsx";
import { Mark } from "#views/parts/badge.tsx";
import { Below, described } from "./around.tsx";
import type { FieldProps } from "./field-props.ts";

/** Exactly one of a list: a table when the options have several columns, else a list. */
export const ChoiceView = ({ field, id, error }: FieldProps<ChoiceField>) => (
  // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a plain fieldset may not say that it is invalid, a radiogroup may.
  <fieldset class="field" role="radiogroup" aria-labelledby={`${id}-legend`} {...described(field, id, error)}>
    <legend id={`${id}-legend`}>{field.label}</legend>
    <Below field={field} id={id} error={error} />
    {field.columns === undefined ? (
      <div class="choices">
        {field.options.map((option, at) => (
          <div class="choice">
            <Radio field={field} option={option} id={`${id}-${at}`} />
          </div>
        ))}
      </div>
    ) : (
      <ChoiceTable field={field} columns={field.columns} id={id} />
    )}
  </fieldset>
);

const ChoiceTable = ({
  field,
  columns,
  id,
}: {
  field: ChoiceField;
  columns: readonly string[];
  id: string;
}) => (
  <div class="scroll-box">
    <table class="choice-table">
      <thead>
        <tr>
          {columns.map((column, at) => (
            <th scope="col" class={at === 0 ? undefined : cellClass(field.options[0]?.cells?.[at - 1] ?? "")}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {field.options.map((option, at) => (
          <tr data-disabled={option.disabled !== undefined || undefined}>
            <td>
              <Radio field={field} option={option} id={`${id}-${at}`} />
            </td>
            {(option.cells ?? []).map((cell) => (
              <td class={cellClass(cell)}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Radio = ({ field, option, id }: { field: ChoiceField; option: Option; id: string }) => (
  <span class="tick">
    <input
      type="radio"
      id={id}
      name={field.name}
      value={option.value}
      checked={option.value === field.value}
      disabled={option.disabled !== undefined}
    />
    <label for={id}>
      {option.label}
      {(option.marks ?? []).map((mark) => (
        <>
          {" "}
          <Mark text={mark} tone="waiting" />
        </>
      ))}
      {option.disabled !== undefined && <small class="why-not">{option.disabled}</small>}
    </label>
  </span>
);
