import type { AppSchema } from "#apps/runtime/schema.ts";
import { type ChangeRule, isTable, needTable, refusal, tableNamed, withNew } from "./change-place.ts";
import { itemsIn } from "./column-text.ts";
import { draftOf } from "./plan-draft.ts";
import { readPlanText } from "./plan-text.ts";
import { singular } from "./plural.ts";

const add = /^(?:add|create|make|include|introduce|give me|i (?:also )?need) (.+)$/is;

/** What stands before the last “to” may hold other small words: “weight in kg to orders”. */
const lastTo =
  /^(?:(?:the|a|an) )?(?:new )?(?:columns? |fields? )?(.+?)(?: columns?| fields?)? to (?:the |each |every |all )?((?:(?! to )[^,()])+?)(?: table)?$/is;
const firstOther =
  /^(?:(?:the|a|an) )?(?:new )?(?:columns? |fields? )?(.+?)(?: columns?| fields?)? (?:on|for|in) (?:the |each |every |all )?([^,()]+?)(?: table)?$/is;

/** “Add birthday to customers”, “add price and stock to bikes”, “add a status (open, closed) to tickets”. */
export const addColumns: ChangeRule = (draft, request) => {
  const what = add.exec(request)?.[1] ?? "";
  const [, listed = "", words = ""] = lastTo.exec(what) ?? firstOther.exec(what) ?? [];
  if (listed === "" || /\btables?\b/i.test(listed)) return null;
  const table = tableNamed(draft, words);
  if (table === undefined && Object.keys(readPlanText(listed).tables).length > 0) return null;
  return withNew(
    draft,
    table ?? needTable(draft, words),
    itemsIn(listed).map(({ text }) => text),
  );
};

/** “Add suppliers (name, phone)”, “add a table called claims with number and date”. */
export const addTables: ChangeRule = (draft, request) => {
  const what = add.exec(request)?.[1] ?? "";
  if (what === "") return null;
  const text = what
    .replace(/\s*\btables?\b(?: called| named| for| of)?\s*/i, " ")
    .replace(/^(?:(?:a|an|the|new) )*([^(:]+?) (?:with|has|having) ([^()]+)$/is, "$1 ($2)");
  const found = Object.entries(readPlanText(text, draft.tables).tables);
  const first = text.replace(/\s*[(:].*$/s, "");
  const there = draft.tables.find((one) => isTable(one, first));
  if (there !== undefined) throw refusal(`There is a table “${there.title}” already.`);
  const added = found.filter(([, { title }]) => tableNamed(draft, title) === undefined);
  if (added.length === 0) {
    const [name = ""] = /^[\p{L} -]{3,40}$/u.exec(text.replace(/^(?:(?:a|an|the|new) )+/i, "").trim()) ?? [];
    if (name === "" || !/\btable/i.test(what)) return null;
    throw refusal(
      `What is known of each ${singular(name.toLowerCase())}? Say it as “Add ${name.toLowerCase()} (name, …)”.`,
    );
  }
  const plan: AppSchema = {
    app: "x",
    title: draft.title,
    tables: Object.fromEntries(
      added.map(([key, table]) => [
        key,
        { ...table, singular: "", name: "", search: [], filters: [], board: null, alert: null },
      ]),
    ),
  };
  return { ...draft, tables: [...draft.tables, ...draftOf(plan).tables] };
};
