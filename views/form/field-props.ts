import type { Field } from "#core/form.ts";
import type { FormError } from "./form-error.ts";

export interface FieldProps<F extends Field = Field> {
  field: F;
  /** Unique on the page. */
  id: string;
  error: FormError | undefined;
}
