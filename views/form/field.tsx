import type { Field } from "#core/form.ts";
import { ApprovalView } from "./approval.tsx";
import { ChoiceView } from "./choice.tsx";
import { CodeView } from "./code.tsx";
import { Diagram } from "./diagram.tsx";
import type { FieldProps } from "./field-props.ts";
import { CheckboxView, NumberView, SelectView } from "./inputs.tsx";
import { ManyView } from "./many.tsx";
import { PressButton } from "./press-button.tsx";
import { FactsView, TableView } from "./shown.tsx";
import { TextView } from "./text.tsx";

/** Any field of a form, drawn. */
export const FieldView = ({ field, id, error }: FieldProps) => {
  switch (field.kind) {
    case "text":
      return <TextView field={field} id={id} error={error} />;
    case "number":
      return <NumberView field={field} id={id} error={error} />;
    case "choice":
      return <ChoiceView field={field} id={id} error={error} />;
    case "many":
      return <ManyView field={field} id={id} error={error} />;
    case "select":
      return <SelectView field={field} id={id} error={error} />;
    case "checkbox":
      return <CheckboxView field={field} id={id} error={error} />;
    case "hidden":
      return <input type="hidden" name={field.name} value={field.value} />;
    case "table":
      return <TableView {...field} />;
    case "facts":
      return <FactsView label={field.label} facts={field.facts} />;
    case "code":
      return <CodeView label={field.label} text={field.text} id={id} />;
    case "approval":
      return <ApprovalView {...field} />;
    case "diagram":
      return <Diagram {...field} />;
    case "note":
      return <p class={`note tone-${noteTones[field.tone]}`}>{field.text}</p>;
    case "group":
      return <GroupView field={field} id={id} error={error} />;
    case "row":
      return (
        <div class="field-row">
          <Inside field={field} id={id} error={error} />
        </div>
      );
    default:
      return field satisfies never;
  }
};

const noteTones = { info: "waiting", warning: "attention", danger: "bad", success: "good" } as const;

const GroupView = ({ field, id, error }: FieldProps<Extract<Field, { kind: "group" }>>) =>
  field.open === undefined ? (
    <fieldset class="group" aria-describedby={field.help && `${id}-help`}>
      <legend>{field.legend}</legend>
      {field.help && <small id={`${id}-help`}>{field.help}</small>}
      <Inside field={field} id={id} error={error} />
    </fieldset>
  ) : (
    <details class="group" open={field.open} id={id}>
      <summary>{field.legend}</summary>
      {field.help && <small>{field.help}</small>}
      <Inside field={field} id={id} error={error} />
    </details>
  );

const Inside = ({ field, id, error }: FieldProps<Extract<Field, { kind: "group" | "row" }>>) => (
  <>
    {field.fields.map((one, at) => (
      <FieldView field={one} id={`${id}-${at}`} error={error} />
    ))}
    {field.buttons !== undefined && field.buttons.length > 0 && (
      <div class="inner-buttons">
        {field.buttons.map((button) => (
          <PressButton button={button} />
        ))}
      </div>
    )}
  </>
);
