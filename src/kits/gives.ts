import { AppError } from "#core/errors.ts";
import { isCrowded, parseJson } from "#core/parse-json.ts";

/** A schema, of zod (`z`) or whatever else reads values as it does. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** How a result is made of what came: a function of all of it, or a schema that its JSON has to fit. */
export type Gives<W, T> = ((written: W) => T) | Schema<T>;

/**
 * The result. `text`: what is JSON, where a schema reads it; `whose`: who said it, for sentences. Throws AppError("remote-odd") where it is no
 * JSON, or other JSON: what came is no proof then that it is done.
 */
export const giveFrom = <W, T>(gives: Gives<W, T>, written: W, text: string, whose: string): T => {
  if (typeof gives === "function") return gives(written);
  const read = gives.safeParse(jsonOf(text, whose));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? "" : ` at “${issue.path.map(String).join(".")}”`;
  throw new AppError(
    "remote-odd",
    `What ${whose} says is not what it should be${where}: ${issue?.message ?? "it does not fit"}.`,
    {
      canPass: false,
      detail: text.slice(0, 400),
    },
  );
};

const jsonOf = (text: string, whose: string): unknown => {
  if (text.trim() === "") return null;
  const json = parseJson(text, mostValues);
  if (json !== undefined) return json;
  const why = isCrowded(text, mostValues) ? `JSON of more than ${manyValues}` : "no JSON";
  throw new AppError("remote-odd", `What ${whose} says is ${why}.`, {
    ...{ canPass: false, detail: text.slice(0, 400) },
  });
};

/** As many as are read in a moment, since people wait meanwhile. */
export const mostValues = 200_000;
/** For sentences. */
export const manyValues = "200,000 values, or nested deeper than 200: more than is read in one go";
