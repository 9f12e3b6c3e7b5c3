import type { TextField } from "#core/form.ts";
import { upload } from "#core/upload.ts";
import { Below, described, Labelled } from "./around.tsx";
import type { FieldProps } from "./field-props.ts";
import { PressButton } from "./press-button.tsx";

export const TextView = ({ field, id, error }: FieldProps<TextField>) => {
  const shared = {
    id,
    name: field.name,
    placeholder: field.placeholder,
    required: field.required,
    autocomplete: field.autocomplete ?? "off",
    ...described(field, id, error),
  };
  return (
    <Labelled label={field.label} id={id}>
      {field.accept !== undefined ? (
        <FileChoice field={field} shared={shared} />
      ) : field.multiline ? (
        <textarea {...shared} rows={field.rows ?? 4}>
          {field.value ?? ""}
        </textarea>
      ) : (
        <div class={field.button && "with-button"}>
          <input
            type={field.secret ? "password" : field.inputMode === "search" ? "search" : "text"}
            inputmode={field.inputMode}
            value={field.value ?? ""}
            list={field.suggestions && `${id}-list`}
            spellcheck={field.inputMode === "url" ? false : undefined}
            data-enter={field.button && true}
            {...shared}
          />
          {field.button && <PressButton button={field.button} />}
        </div>
      )}
      {field.suggestions && (
        <datalist id={`${id}-list`}>
          {field.suggestions.map((one) => (
            <option value={one} />
          ))}
        </datalist>
      )}
      <Below field={field} id={id} error={error} />
    </Labelled>
  );
};

const keptWords = (kept: readonly string[]): string => {
  const called = kept.map((one) => `“${upload.called(one)}”`).join(", ");
  return kept.length === 1
    ? `${called} is kept. Choose another one to take that instead.`
    : `${called} are kept. Choose others to take those instead.`;
};

/** A file that was sent with a form that was refused is kept, and need not be chosen again. */
const FileChoice = ({ field, shared }: { field: TextField; shared: { id: string; name: string } }) => (
  <>
    <input
      type="file"
      {...shared}
      accept={field.accept}
      multiple={field.several}
      required={field.required && !field.value}
    />
    {field.value && (
      <>
        {field.value.split("\n").map((kept) => (
          <input type="hidden" name={field.name} value={kept} />
        ))}
        <small>{keptWords(field.value.split("\n"))}</small>
      </>
    )}
  </>
);
