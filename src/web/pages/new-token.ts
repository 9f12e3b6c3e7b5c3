import { AppError } from "#core/errors.ts";
import { textOf, textsOf, type Values } from "#core/form.ts";
import { rights } from "#core/rights.ts";
import type { NewToken } from "#people/tokens.ts";
import { checkedToken } from "#web/new-token.ts";

/**
 * Reads the form of a new token: `may` is rights with blanks between them, `workflow` may stand there several times, `days` is how long it
 * lasts. Throws AppError("bad-input").
 */
export const readToken = (values: Values, known: readonly string[]): NewToken => {
  const said = textOf(values, "may")
    .split(" ")
    .filter((one) => one !== "");
  const may = rights.filter((right) => said.includes(right));
  if (may.length !== said.length)
    throw new AppError("bad-input", "Choose what the token may do.", { field: "may" });
  const days = textOf(values, "days");
  if (days !== "" && !/^[1-9]\d{0,3}$/.test(days))
    throw new AppError("bad-input", "Give the days that the token lasts as a number.", { field: "days" });
  return checkedToken(
    {
      name: textOf(values, "name"),
      may,
      workflows: textsOf(values, "workflow"),
      days: days === "" ? null : Number(days),
    },
    known,
  );
};
