import { AppError } from "#core/errors.ts";

/** 3 to 20 lower case letters, digits and hyphens, none of them at an end: it becomes a label of the stack's host. */
const rule = /^[a-z0-9][a-z0-9-]{1,18}[a-z0-9]$/;

/** A stack's name. Throws AppError("bad-input") with the field at fault. */
export const readName = (name: string): string => {
  if (rule.test(name)) return name;
  throw new AppError(
    "bad-input",
    "The stack name must have 3 to 20 lower case letters, digits and hyphens, with no hyphen at its start or end.",
    { field: "name" },
  );
};
