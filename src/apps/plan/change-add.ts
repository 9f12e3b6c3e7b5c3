import type { Column } from "#apps/runtime/schema.ts";
import { type AppChange, columnNamed, type Rule, refusal, tableNamed, withTable } from "./app-change.ts";
import { lookUp, nounOf } from "./dictionary.ts";
import { domainIn } from "./domains.ts";
import { finishTable } from "./finish-table.ts";
import { inferColumn, withOptions } from "./infer-column.ts";
import { columnNameOf } from "./names.ts";
import { plural } from "./plural.ts";
import { readDescription } from "./read-description.ts";
import { reference, referenceName, statedLinks, tied } from "./relations.ts";
import { type TableDraft, tableDraft } from "./table-draft.ts";
import { typeIn } from "./type-words.ts";

const add = /^(?:add|create|make|include|introduce|give me|i (?:also )?need) (.+)$/i;

/** “Add a suppliers table with name and phone”, “create invoices”. Its usual relations to the tables that are there come along. */
export const addTables: Rule = (change, request) => {
  const what = add.exec(request)?.[1];
  if (what === undefined) return null;
  const { mentions } = readDescription(`with ${withoutPlace(change, what)}`);
  const old = Object.entries(change.schema.tables).map(
    ([name, { title }]): TableDraft => ({
      name,
      words: title.toLowerCase(),
      noun: lookUp(title.toLowerCase())?.noun ?? nounOf(name) ?? null,
      columns: [],
    }),
  );
  const domain = domainIn(`${change.schema.title} ${change.schema.app}`.toLowerCase().split(/[^a-z]+/));
  const there = (draft: TableDraft) => change.schema.tables[draft.name] !== undefined;
  const drafts = mentions.flatMap((mention) => tableDraft(mention, domain) ?? []);
  const added = drafts.filter((draft) => !there(draft));
  const [already] = drafts.filter(there);
  if (added.length === 0) {
    if (already === undefined) return null;
    throw refusal(`There is a table “${change.schema.tables[already.name]?.title}” already.`);
  }
  const all = [...old, ...added];
  for (const { from, to } of statedLinks(request, all))
    if (added.includes(from)) from.columns.unshift({ name: referenceName(to), column: reference(to, false) });
  return added.reduce((now, draft) => {
    const table = finishTable(draft.words, tied(draft, all));
    const columns = Object.values(table.columns).map(({ label }) => label);
    return withTable(now, draft.name, table, {
      steps: [`Adds the table “${table.title}” with ${columns.join(", ")}.`],
    });
  }, change);
};

/** “a suppliers table to my shop” → “a suppliers table”; “a table called claims” → “claims”. */
const withoutPlace = (change: AppChange, what: string): string => {
  const [, rest, place = ""] = /^(.+?) (?:to|in|for) (?:my|the|our|this) ([^,]+)$/i.exec(what) ?? [];
  const told = rest === undefined || tableNamed(change.schema, place) !== undefined ? what : rest;
  return told.replace(/\btables? (?:called|named|for|of) /i, "");
};

const toTable =
  /^(?:(?:the|a|an) )?(?:new )?(?:columns? |fields? )?(.+?) (?:to|on|for|in) (?:the |each |every |all )?(.+?)(?: table)?$/i;

/** What stands before the last “to” may hold other small words: “weight in kg to orders”. */
const lastTo =
  /^(?:(?:the|a|an) )?(?:new )?(?:columns? |fields? )?(.+) to (?:(?:the|each|every|all) )?((?!my |our |this )[^,]+?)(?: table)?$/i;

/** “Add a birthday column to customers”, “add price and stock to bikes”, “add a status (open, closed) to tickets”. */
export const addColumns: Rule = (change, request) => {
  const what = add.exec(request)?.[1];
  const [, listed = "", tableWords = ""] =
    (what === undefined ? null : (lastTo.exec(what) ?? toTable.exec(what))) ?? [];
  if (listed === "" || /\btables?\b/i.test(listed)) return null;
  const [name, table] = tableNamed(change.schema, tableWords) ?? [];
  if (name === undefined || table === undefined) {
    const isAboutApp = /^(?:my|our|this|the) (?!.*\btable\b)/i.test(tableWords) || !/ to /i.test(request);
    if (isAboutApp && !/\b(?:column|field)s?\b/i.test(request)) return null;
    throw refusal(`The app has no table “${tableWords}”. It has ${titles(change)}.`);
  }
  const columns: Record<string, Column> = { ...table.columns };
  const steps = columnsIn(listed).map((words) => {
    const [id, column] = columnFrom(change, words) ?? [];
    if (id === undefined || column === undefined)
      throw refusal(`“${words.slice(0, 60)}” cannot be the name of a column. Use letters and digits.`);
    if (columns[id] !== undefined)
      throw refusal(`“${table.title}” has a column “${columns[id].label}” already.`);
    columns[id] = column;
    return `Adds the column “${column.label}” to “${table.title}”.`;
  });
  return withTable(change, name, { ...table, columns }, { steps });
};

const columnsIn = (listed: string): string[] =>
  listed
    .split(/,(?![^(]*\))\s*(?:and )?| and (?![^(]*\))/)
    .map((part) => part.replace(/^(?:(?:the|a|an|new|required) )+/i, "").trim())
    .filter((part) => part !== "");

const mostWords = 4;

/** “birthday”, “size as a number”, “status (open, closed)”, “supplier”: a reference where there is such a table. */
const columnFrom = (change: AppChange, words: string): [string, Column] | null => {
  const parts =
    /^(?<label>.+?)(?: (?:column|field))?(?: (?:as|of type) (?:an? )?(?<type>[a-z ]+)| ?\((?<inside>[^)]*)\))?$/i.exec(
      words,
    )?.groups;
  const [label = "", decimals] = (parts?.label ?? words)
    .replace(/^(?:column|field) /i, "")
    .split(/ with (?=\d+ (?:decimals?|digits?)\b)/i)
    .map((part) => part.replace(/ (?:column|field)$/i, ""));
  if (label.split(" ").length > mostWords)
    throw refusal(
      `“${label.slice(0, 80)}” is much for the name of a column. Say it in at most ${mostWords} words.`,
    );
  const name = columnNameOf(label);
  if (name === null) return null;
  const [target] = tableNamed(change.schema, label) ?? [];
  if (target !== undefined && parts?.type === undefined && parts?.inside === undefined)
    return [referenceName({ name: target }), reference({ name: target }, false)];
  const guessed = inferColumn(name);
  const type = typeIn(decimals === undefined ? (parts?.type ?? parts?.inside ?? "") : "decimal");
  if (type !== undefined) return [name, { ...guessed, type, options: undefined, initial: undefined }];
  const options = (parts?.inside ?? "")
    .split(/[,/|]| or /)
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if (options.length < 2) return [name, guessed];
  return [name, { ...guessed, type: "text", ...withOptions([...new Set(options)].slice(0, 40)) }];
};

/** “Add the status archived to repairs”, “add the option red to colour of bikes”. */
export const addOption: Rule = (change, request) => {
  const [, , value = "", place = ""] =
    /^add (?:the |a |an )?(?:new )?(option|value|state|status|lane) (.+?) (?:to|in|for) (.+)$/i.exec(
      request,
    ) ?? [];
  if (value === "" || value.startsWith("(")) return null;
  const [, columnWords, tableWords = ""] = /^(?:(.+?) (?:of|in) )?(.+)$/i.exec(place) ?? [];
  const [name, table] = tableNamed(change.schema, tableWords) ?? [];
  if (name === undefined || table === undefined) return null;
  const [id, column] =
    columnWords === undefined
      ? (Object.entries(table.columns).find(([one]) => one === table.board) ?? [])
      : (columnNamed(table, columnWords) ?? []);
  if (id === undefined || column?.options === undefined) return null;
  const option = value.trim().slice(0, 60);
  if (column.options.includes(option))
    throw refusal(`“${column.label}” of “${table.title}” has “${option}” already.`);
  const columns = { ...table.columns, [id]: { ...column, options: [...column.options, option] } };
  return withTable(
    change,
    name,
    { ...table, columns },
    {
      steps: [`Adds “${option}” to the values of “${column.label}” in “${table.title}”.`],
    },
  );
};

/** “Link products to suppliers”: each product gets a supplier. */
export const linkTables: Rule = (change, request) => {
  const [, fromWords = "", toWords = ""] = /^(?:link|connect) (.+?) (?:to|with) (.+)$/i.exec(request) ?? [];
  if (fromWords === "") return null;
  const [from, table] = tableNamed(change.schema, fromWords) ?? [];
  const [to] = tableNamed(change.schema, toWords) ?? [];
  if (from === undefined || table === undefined || to === undefined)
    throw refusal(
      `The app has no table “${plural(table === undefined ? fromWords : toWords)}”. It has ${titles(change)}.`,
    );
  const id = referenceName({ name: to });
  if (table.columns[id] !== undefined) throw refusal(`“${table.title}” points to “${toWords}” already.`);
  const column = reference({ name: to }, false);
  return withTable(
    change,
    from,
    { ...table, columns: { ...table.columns, [id]: column } },
    {
      steps: [
        `Adds the column “${column.label}” to “${table.title}”: it points to “${change.schema.tables[to]?.title}”.`,
      ],
    },
  );
};

const titles = ({ schema }: AppChange): string =>
  Object.values(schema.tables)
    .map(({ title }) => title)
    .join(", ");
