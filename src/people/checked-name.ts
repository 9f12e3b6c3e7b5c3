import { AppError } from "#core/errors.ts";

/** A name as it is kept, which shows on one line what it is. `most`: characters. Throws AppError("bad-input", …, { field: "name" }). */
export const checkedName = (given: string, most = 60): string => {
  const name = given.trim().replace(/\s+/g, " ");
  if (name === "" || name.length > most || /\p{C}/u.test(name))
    throw new AppError("bad-input", `Give a name of 1 to ${most} visible characters.`, { field: "name" });
  return name;
};
