import type { Child } from "hono/jsx";
import { filled } from "#core/filled.ts";
import type { Form, FormButton, Values } from "#core/form.ts";
import { FieldView } from "#views/form/field.tsx";
import { fieldIdOf } from "#views/form/field-id.ts";
import type { FormError } from "#views/form/form-error.ts";
import { PressButton } from "#views/form/press-button.tsx";
import { liveForm } from "#views/parts/htmx.ts";

export interface AskFormProps {
  form: Form;
  action: string;
  /** Unique on the page; the ids of all fields begin with it. */
  id: string;
  error?: FormError;
  /** What was sent before, shown instead of the form's own values. */
  values?: Values;
  /** Sent by htmx instead of a page load; polls never touch what somebody types. */
  live?: boolean;
  /** More to choose, above the buttons. */
  children?: Child;
  /** More buttons, beside the form's own. */
  moreButtons?: Child;
}

/**
 * A question as a form. What it shows may come from elsewhere, so its fields are out of htmx's reach (`hx-ignore`).
 */
export const AskForm = ({
  form,
  action,
  id,
  error,
  values,
  live = false,
  children,
  moreButtons,
}: AskFormProps) => {
  const fields = (values === undefined ? form : filled(form, values)).fields;
  return (
    <form
      method="post"
      action={action}
      enctype={fields.some(isFile) ? "multipart/form-data" : undefined}
      id={id}
      class="ask"
      {...(live ? { "hx-morph-skip": true, ...liveForm(action) } : {})}
    >
      <div hx-ignore>
        {error !== undefined && (
          <ErrorSummary error={error} id={id} fieldId={fieldIdOf(fields, error.field, id)} />
        )}
        <EnterAnswers fields={fields} />
        {fields.map((field, at) => (
          <FieldView field={field} id={`${id}-${at}`} error={error} />
        ))}
        {children}
        <Buttons submit={form.submit} buttons={form.buttons ?? []} id={id} more={moreButtons} />
      </div>
    </form>
  );
};

const isFile = (field: Form["fields"][number]): boolean =>
  field.kind === "text" && field.accept !== undefined;

const ErrorSummary = ({ error, id, fieldId }: { error: FormError; id: string; fieldId: string | null }) => (
  <div class="notice tone-bad" role="alert" tabindex={-1} autofocus id={`${id}-error`}>
    <p>
      <strong>{error.message}</strong>
    </p>
    {fieldId !== null && (
      <p>
        <a href={`#${fieldId}`}>Go to the field</a>
      </p>
    )}
  </div>
);

// The Enter key presses the first button of a form; with "Search" or "Remove" above it, that would not be the one that answers.
const EnterAnswers = ({ fields }: { fields: Form["fields"] }) =>
  fields.some(hasButtons) ? (
    <button type="submit" hidden>
      Answer
    </button>
  ) : null;

const hasButtons = (field: Form["fields"][number]): boolean =>
  (field.kind === "text" && field.button !== undefined) ||
  ((field.kind === "group" || field.kind === "row") &&
    ((field.buttons ?? []).length > 0 || field.fields.some(hasButtons)));

interface ButtonsProps {
  submit: string;
  buttons: readonly FormButton[];
  id: string;
  more: Child;
}

const Buttons = ({ submit, buttons, id, more }: ButtonsProps) => (
  <div class="ask-buttons">
    <button type="submit" id={`${id}-submit`} class="button-primary">
      {submit}
    </button>
    {buttons.map((button) => (
      <PressButton button={button} />
    ))}
    {more}
  </div>
);
