import { AppError } from "#core/errors.ts";
import { checked } from "#kits/variables.ts";

/** Variables as people type them, NAME=value, one a line. Throws AppError("bad-input"). */
export const variablesIn = (typed: string): Readonly<Record<string, string>> => {
  const variables = Object.fromEntries(
    typed
      .split("\n")
      .map((line) => line.replace(/\r$/, ""))
      .filter((line) => line.trim() !== "")
      .map((line) => {
        const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined)
          throw new AppError("bad-input", "Give variables as NAME=value, one a line.");
        return [name, value];
      }),
  );
  return checked(variables);
};
