import { AppError } from "./errors.ts";
import type { Values } from "./form.ts";

/** Where each field of a start form is taken from, as paths in what came: "repository.name", "commits.0.id". */
export type Mapping = Readonly<Record<string, string>>;

const longestPath = 200;

/** Throws AppError("bad-input", …, { field }) for a path that cannot be one. */
export const assertMapping = (mapping: Mapping, names: readonly string[]): void => {
  for (const [name, path] of Object.entries(mapping)) {
    if (!names.includes(name))
      throw new AppError("bad-input", `There is no field “${name}” to fill in.`, { field: name });
    if (path.length > longestPath || partsOf(path).some((part) => part === ""))
      throw new AppError(
        "bad-input",
        `“${path}” is not a path. Names stand in it with dots between them: repository.name, commits.0.id.`,
        { field: name },
      );
  }
};

/** What came, as a form would have sent it. Throws AppError("bad-input", …, { field }) where something is missing or is no text. */
export const mapped = (mapping: Mapping, from: unknown): Values =>
  Object.fromEntries(
    Object.entries(mapping).flatMap(([name, path]) => {
      const found = partsOf(path).reduce<unknown>(inside, from);
      const text = found === false ? null : Array.isArray(found) ? found.map(asText) : asText(found);
      if (text === null) return [];
      if (text !== undefined && !(Array.isArray(text) && text.includes(undefined)))
        return [[name, text as string | readonly string[]]];
      throw new AppError(
        "bad-input",
        found === undefined || found === null
          ? `There is nothing at “${path}”, which fills in “${name}”.`
          : `What is at “${path}”, which fills in “${name}”, is not a text, a number, true, false or a list of these.`,
        { field: name },
      );
    }),
  );

const partsOf = (path: string): string[] =>
  path
    .trim()
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".");

// Own properties only, and of a list its places: "constructor" and "length" are nothing that came.
const inside = (whole: unknown, part: string): unknown => {
  if (typeof whole !== "object" || whole === null || !Object.hasOwn(whole, part)) return undefined;
  return Array.isArray(whole) && !/^\d+$/.test(part) ? undefined : (whole as Record<string, unknown>)[part];
};

/** A checkbox that is on, or a text; what is off is not sent. */
const asText = (value: unknown): string | undefined => {
  if (typeof value === "string") return value;
  if (value === true) return "on";
  return typeof value === "number" ? String(value) : undefined;
};
