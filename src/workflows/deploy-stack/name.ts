import { AppError } from "#core/errors.ts";

/** A stack's name: 3 to 20 lower case letters, digits and hyphens, none of them at an end. It becomes a label of its host. */
const rule = /^[a-z0-9][a-z0-9-]{1,18}[a-z0-9]$/;

/** What is wrong with a name, in a sentence; null: nothing. */
export const nameProblem = (name: string): string | null =>
  rule.test(name)
    ? null
    : "The stack name must have 3 to 20 lower case letters, digits and hyphens, with no hyphen at its start or end.";

/** The name itself. Throws AppError("bad-input") with the field at fault. */
export const readName = (name: string): string => {
  const problem = nameProblem(name);
  if (problem === null) return name;
  throw new AppError("bad-input", problem, { field: "name" });
};
