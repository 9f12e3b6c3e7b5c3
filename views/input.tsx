import { allFields, type Form, type Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { AskForm } from "./ask.tsx";
import type { FormError } from "./form/form-error.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Notice } from "./parts/notice.tsx";

export interface InputPageProps extends PageProps {
  run: { id: string; title: string; subject: string };
  form: Form;
  values?: Values;
  error?: FormError;
  /** What these values would change, once somebody asked for it. */
  preview?: {
    changed: readonly string[];
    invalid: readonly { title: string; undone: boolean }[];
  };
  now: number;
}

/** Another input for a run under way: first what it would change, then the change. */
export const InputPage = ({ user, version, run, form, values, error, preview, now }: InputPageProps) => (
  <Frame title={`Change the input of ${run.title}`} user={user} version={version} active="runs" now={now}>
    <p class="crumbs" hx-ignore>
      <a href={routes.runs.href()}>Runs</a> /{" "}
      <a href={routes.run.href({ id: run.id })}>{run.subject === "" ? run.title : run.subject}</a> / Change
      the input
    </p>
    <h1>Change the input</h1>
    <p class="lead">
      Steps that rest on what you change are undone and done again; all others keep what they have.
    </p>
    {preview !== undefined && <Preview preview={preview} labelOf={labelIn(form)} />}
    <div class="panel narrow">
      <AskForm
        form={{ ...form, submit: "See what it changes", buttons: [] }}
        action={routes.input.href({ id: run.id })}
        id="input"
        error={error}
        values={values}
        moreButtons={
          preview !== undefined &&
          preview.changed.length > 0 && (
            <button type="submit" name="press" value="answer:apply" class="button-secondary">
              Change it and go on
            </button>
          )
        }
      />
    </div>
  </Frame>
);

/** A part of the input is called as its field is, where one has its name. */
const labelIn =
  ({ fields }: Form) =>
  (name: string): string => {
    const field = allFields(fields).find((one) => "name" in one && one.name === name);
    return field !== undefined && "label" in field && field.label !== undefined ? `“${field.label}”` : name;
  };

interface PreviewProps {
  preview: NonNullable<InputPageProps["preview"]>;
  labelOf(name: string): string;
}

const Preview = ({ preview: { changed, invalid }, labelOf }: PreviewProps) => (
  <Notice
    tone={changed.length === 0 ? "quiet" : "attention"}
    title={changed.length === 0 ? "Nothing is changed yet" : `Changed: ${changed.map(labelOf).join(", ")}`}
    id="preview"
    role="status"
  >
    {changed.length > 0 && invalid.length === 0 && <p>No step so far rests on it, so none is done again.</p>}
    {invalid.length > 0 && (
      <>
        <p>These steps are done again, from the first of them:</p>
        <ul hx-ignore>
          {invalid.map((step) => (
            <li>
              {step.title}
              {step.undone && <small> (what it made is removed first)</small>}
            </li>
          ))}
        </ul>
      </>
    )}
  </Notice>
);
