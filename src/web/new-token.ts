import { AppError } from "#core/errors.ts";
import { type Right, rights } from "#core/rights.ts";
import type { NewToken } from "#people/tokens.ts";

const dayMs = 24 * 3_600_000;
/** What a program that only works with runs needs. */
const usual: readonly Right[] = ["read", "run", "answer"];

export interface AskedToken {
  name: string;
  /** None: all that has to do with runs. */
  may: readonly Right[];
  /** Ids; none: all. */
  workflows: readonly string[];
  /** Null: for ever. */
  days: number | null;
}

/** What somebody wants a token to be, as it can be made. `known` are the workflows that they may name. Throws AppError("bad-input"). */
export const checkedToken = (
  { name, may, workflows, days }: AskedToken,
  known: readonly string[],
): NewToken => {
  const unknown = workflows.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new AppError("bad-input", `There is no workflow and no app “${unknown}”.`, { field: "workflow" });
  if (workflows.length > 0 && may.includes("admin"))
    throw new AppError(
      "bad-input",
      "A token that may do everything cannot be for some workflows or apps only. Choose one of the two.",
      { field: "workflow" },
    );
  return {
    name,
    scope: {
      rights: may.length === 0 ? usual : rights.filter((right) => may.includes(right)),
      workflows: workflows.length === 0 ? null : workflows,
    },
    lastsMs: days === null ? null : days * dayMs,
  };
};
