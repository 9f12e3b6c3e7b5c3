import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";

/** The web address in a field. Throws AppError("bad-input", …, { field }). */
export const webAddress = (values: ConnectionValues, field: string, example: string): URL => {
  const typed = (values[field] ?? "").trim();
  if (URL.canParse(typed) && /^https?:$/.test(new URL(typed).protocol)) return new URL(typed);
  throw new AppError("bad-input", `Give a whole web address, such as ${example}`, { field });
};
