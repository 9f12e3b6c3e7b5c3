import { AppError } from "#core/errors.ts";
import { textOf, textsOf, type Values } from "#core/form.ts";
import { type Right, rights } from "#core/rights.ts";
import type { NewToken } from "#people/tokens.ts";

const dayMs = 24 * 3_600_000;
/** What a program that only works with runs needs. */
const usual: readonly Right[] = ["read", "run", "answer"];

/**
 * Reads the form of a new token: `may` is rights with blanks between them, `workflow` may stand there several times, `days` is how long it
 * lasts. What is left out is the usual: all that has to do with runs, of all workflows, for ever. Throws AppError("bad-input").
 */
export const readToken = (values: Values, known: readonly string[]): NewToken => {
  const may = textOf(values, "may")
    .split(" ")
    .filter((one) => one !== "");
  const asked = rights.filter((right) => may.includes(right));
  if (asked.length !== may.length)
    throw new AppError("bad-input", "Choose what the token may do.", { field: "may" });
  const workflows = textsOf(values, "workflow");
  const unknown = workflows.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new AppError("bad-input", `There is no workflow “${unknown}”.`, { field: "workflow" });
  if (workflows.length > 0 && asked.includes("admin"))
    throw new AppError(
      "bad-input",
      "A token that may do everything cannot be for some workflows only. Choose one of the two.",
      { field: "workflow" },
    );
  const days = textOf(values, "days");
  if (days !== "" && !/^[1-9]\d{0,3}$/.test(days))
    throw new AppError("bad-input", "Give the days that the token lasts as a number.", { field: "days" });
  return {
    name: textOf(values, "name"),
    scope: {
      rights: asked.length === 0 ? usual : asked,
      workflows: workflows.length === 0 ? null : workflows,
    },
    lastsMs: days === "" ? null : Number(days) * dayMs,
  };
};
