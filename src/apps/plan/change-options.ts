import { type ChangeRule, isCalled, refusal, tableNamed, withColumn } from "./change-place.ts";
import { isState } from "./names.ts";
import type { PlanDraft } from "./plan-draft.ts";

const kindsOfOption = "option|value|choice|state|lane";
const optionForms = [
  `(?:${kindsOfOption}|status) (?<value>[^(]+?) (?:to|in|for) (?:(?<column>.+?) (?:of|in) )?`,
  `(?<value>[^(,:]+?) (?:${kindsOfOption}) (?:to|in|for) (?:(?:the )?(?<column>.+?) (?:of|in) )?`,
  `(?<value>[^(,:]+?) to (?:the )?(?<column>.+?) of (?:the )?`,
].map((form) => new RegExp(`^add (?:the |a |an )?(?:new )?${form}(?<table>.+)$`, "i"));

/** “Add the status lost to deals”, “add a waiting state to bookings”, “add lost to the stage of deals”. */
export const addOption: ChangeRule = (draft, request) =>
  optionForms.reduce<PlanDraft | null>(
    (done, form) => done ?? withOption(draft, form.exec(request)?.groups),
    null,
  );

const withOption = (draft: PlanDraft, said: Partial<Record<string, string>> = {}): PlanDraft | null => {
  const { value = "", column: columnWords, table: tableWords = "" } = said;
  const table = value === "" ? undefined : tableNamed(draft, tableWords);
  const column =
    columnWords === undefined
      ? table?.columns.find(({ key, options }) => options !== "" && isState(key))
      : table?.columns.find((one) => isCalled(one, columnWords));
  if (table === undefined || column === undefined || column.options === "") return null;
  const options = column.options.split(", ");
  if (options.includes(value)) throw refusal(`“${column.label}” of “${table.title}” has “${value}” already.`);
  return withColumn(draft, { table, column }, { options: [...options, value].join(", ") });
};
