import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";

/** What of an address that is a secret must not show: where on its host it leads. The host itself may be told, unless nothing follows it. */
export const secretsIn = ({ href, username, password, pathname, search }: URL): string[] => {
  const parts = [username, password, pathname, search].filter((part) => part.length > 1);
  return parts.length === 0 ? [href] : parts;
};

/** The same of a value that may be one. */
export const secretParts = (value: string): string[] =>
  /^https?:/i.test(value) && URL.canParse(value) ? secretsIn(new URL(value)) : [value];

/** The web address in a field. Throws AppError("bad-input", …, { field }). */
export const webAddress = (values: ConnectionValues, field: string, example: string): URL => {
  const typed = (values[field] ?? "").trim();
  if (URL.canParse(typed) && /^https?:$/.test(new URL(typed).protocol)) return new URL(typed);
  throw new AppError("bad-input", `Give a whole web address, such as ${example}`, { field });
};
