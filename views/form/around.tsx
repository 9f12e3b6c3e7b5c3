import type { PropsWithChildren } from "hono/jsx";
import type { FormError } from "./form-error.ts";

interface Named {
  name: string;
  help?: string;
}

/** The attributes that tie a control to its help and to what is wrong with it. */
export const described = (field: Named, id: string, error: FormError | undefined) => {
  const wrong = isWrong(field, error);
  const ids = [field.help !== undefined && `${id}-help`, wrong && `${id}-wrong`].filter(
    (one) => one !== false,
  );
  return {
    "aria-describedby": ids.length > 0 ? ids.join(" ") : undefined,
    "aria-invalid": wrong ? ("true" as const) : undefined,
  };
};

const isWrong = (field: Named, error: FormError | undefined): boolean => error?.field === field.name;

/** Help and error below a control. */
export const Below = ({ field, id, error }: { field: Named; id: string; error: FormError | undefined }) => (
  <>
    {field.help !== undefined && <small id={`${id}-help`}>{field.help}</small>}
    {isWrong(field, error) && (
      <small id={`${id}-wrong`} class="wrong">
        {error?.message}
      </small>
    )}
  </>
);

/** A label with its control below it. */
export const Labelled = ({ label, id, children }: PropsWithChildren<{ label: string; id: string }>) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
  </div>
);
