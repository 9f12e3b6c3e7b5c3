import { checkSchema } from "#apps/runtime/check-schema.ts";
import type { AppSchema, Table } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { accountOf, toldIn } from "./account.ts";
import { nounOf } from "./dictionary.ts";
import { type Domain, domainIn } from "./domains.ts";
import { type Features, takeFeatures } from "./features.ts";
import { finishTable } from "./finish-table.ts";
import { foreignLanguage } from "./language.ts";
import { slugOf } from "./names.ts";
import { singular } from "./plural.ts";
import { type Mention, type Reading, readDescription } from "./read-description.ts";
import { reference, referenceName, statedLinks, tied } from "./relations.ts";
import { type TableDraft, tableDraft } from "./table-draft.ts";
import { titleOf, withoutName } from "./title.ts";

/** A plan of an app and how it came about. */
export interface AppPlan {
  schema: AppSchema;
  /** What was understood, a sentence each. */
  understood: string[];
  /** What was guessed, left out or not understood, a sentence each. */
  warnings: string[];
}

export const longestDescription = 4_000;
const mostTables = 20;

/**
 * Plans an app from its description in plain English, always the same for the same words: no model, no network. Throws
 * AppError("bad-input") with a question when the description names nothing that an app could keep.
 */
export const planFromDescription = (text: string): AppPlan => {
  const refuse = (sentence: string) => new AppError("bad-input", sentence, { field: "description" });
  if (text.length > longestDescription)
    throw refuse(`Describe the app in at most ${longestDescription.toLocaleString("en")} characters.`);
  const language = foreignLanguage(text);
  if (language !== null)
    throw refuse(
      `This looks like ${language}, and the planner that comes with Milepost reads English only. With a connection to a language model, chosen under “Who drafts the plan?”, other languages can be read.`,
    );
  const { rest, features } = takeFeatures(withoutName(text));
  const reading = readDescription(rest);
  const understood: string[] = [];
  const warnings: string[] = [];
  const domain = domainOf(reading, rest);
  const mentions = withUsual(reading, domain, features, warnings);
  if (mentions.length === 0)
    throw refuse(
      "Which things should the app keep? Name them and what is known of each, for example: “a CRM for my bike shop with customers, bikes, rentals and repair status”.",
    );
  if (mentions.length > mostTables)
    warnings.push(
      `The description names ${mentions.length} tables; the plan has the first ${mostTables}. Add the others once the app is there.`,
    );
  const drafts = withCompanions(distinct(mentions.slice(0, mostTables), domain), domain, warnings);
  const tables = Object.fromEntries(
    linked(rest, drafts, understood).map((draft) => [draft.name, finished(draft, drafts, features)]),
  );
  const title = titleOf(
    text,
    reading,
    drafts.map(({ words }) => words),
  ).slice(0, 80);
  const schema = checkSchema({ app: slugOf(title), title, tables });
  return {
    schema,
    understood: [...told(schema), ...understood, ...alertTold(schema, features), ...features.understood],
    warnings: [...warnings, ...unknownTold(drafts), ...features.warnings, ...leftOverTold(text, schema)],
  };
};

/** The line of business: told by whom the app is for, otherwise by what it is called, otherwise by any word. */
const domainOf = ({ business, head }: Reading, text: string): Domain | undefined => {
  const all = text.toLowerCase().match(/[\p{L}-]+/gu) ?? [];
  return domainIn(business) ?? domainIn(head) ?? domainIn(all);
};

/** What was mentioned; when that is next to nothing, what this business usually keeps, and a warning that it was assumed. */
const withUsual = (
  { mentions, business }: Reading,
  domain: Domain | undefined,
  features: Features,
  warnings: string[],
): Mention[] => {
  const named = [...mentions];
  if (features.alert !== null && !named.some(({ noun }) => noun?.columns.includes("min_stock")))
    named.push({ ...usualMention("products"), from: "list" });
  if (domain === undefined || named.length > 1 || named.some(({ from }) => from === "list")) return named;
  const missing = domain.usual.filter(
    (key) => !named.some(({ noun, words }) => (noun?.key ?? words) === key),
  );
  if (missing.length > 0)
    warnings.push(
      `The description names ${named.length === 0 ? "no tables" : "one table only"}, so the plan has what ${business.length === 0 ? "such an app" : `a ${business.join(" ")}`} usually keeps. Change it as you like.`,
    );
  return [...named, ...missing.map(usualMention)];
};

const usualMention = (key: string): Mention => ({
  words: key.replaceAll("_", " "),
  noun: nounOf(key) ?? null,
  properties: [],
  extras: [],
  status: null,
  from: "head",
});

/** One draft for each name. */
const distinct = (mentions: readonly Mention[], domain: Domain | undefined): TableDraft[] => {
  const drafts = new Map<string, TableDraft>();
  for (const mention of mentions) {
    const draft = tableDraft(mention, domain);
    if (draft !== null && !drafts.has(draft.name)) drafts.set(draft.name, draft);
  }
  return [...drafts.values()];
};

const withCompanions = (
  drafts: readonly TableDraft[],
  domain: Domain | undefined,
  warnings: string[],
): TableDraft[] => {
  const all = [...drafts];
  const has = (key: string) => all.some(({ name, noun }) => name === key || noun?.key === key);
  for (const { table, with: needed, because } of domain?.companions ?? []) {
    if (has(table) || !needed.every(has)) continue;
    const draft = tableDraft(usualMention(table), domain);
    if (draft === null) continue;
    all.push(draft);
    warnings.push(
      `The table “${finishTable(draft.words, {}).title}” was added because ${because}. Remove it if you do not need it.`,
    );
  }
  return all;
};

/** Relations that the description states in words come on top of the usual ones. */
const linked = (text: string, drafts: readonly TableDraft[], understood: string[]): readonly TableDraft[] => {
  for (const { from, to } of statedLinks(text, drafts)) {
    understood.push(`Each ${singular(from.words)} belongs to a ${singular(to.words)}, as you said.`);
    if (Object.values(tied(from, drafts)).some((column) => column.to === to.name)) continue;
    from.columns.unshift({ name: referenceName(to), column: reference(to, false) });
  }
  return drafts;
};

const finished = (draft: TableDraft, drafts: readonly TableDraft[], { alert }: Features): Table => {
  const columns = tied(draft, drafts);
  if (alert?.limit != null && columns.min_stock !== undefined)
    columns.min_stock = { ...columns.min_stock, initial: String(alert.limit) };
  return finishTable(draft.words, Object.keys(columns).length === 0 ? nameOnly : columns);
};

const nameOnly = {
  name: { type: "text", label: "Name", required: true, unique: false },
} as const satisfies Table["columns"];

const told = (schema: AppSchema): string[] => {
  const tables = Object.values(schema.tables);
  const links = tables.flatMap(({ title, columns }) =>
    Object.values(columns).flatMap(({ to }) =>
      to === undefined ? [] : [`${title} → ${schema.tables[to]?.title ?? to}`],
    ),
  );
  const boards = tables.filter(({ board }) => board !== null).map(({ title }) => title);
  return [
    `${tables.length === 1 ? "One table" : `${tables.length} tables`}: ${tables.map(({ title }) => title).join(", ")}.`,
    ...(links.length === 0 ? [] : [`Relations: ${links.join(", ")}.`]),
    ...(boards.length === 0 ? [] : [`A board by status for ${boards.join(", ")}.`]),
  ];
};

const alertTold = ({ tables }: AppSchema, { alert }: Features): string[] =>
  Object.values(tables)
    .filter((table) => table.alert !== null)
    .map(
      ({ title }) =>
        `An alert when ${title.toLowerCase()} run low${alert?.limit == null ? "" : `, at ${alert.limit} unless a row says otherwise`}.`,
    );

const unknownTold = (drafts: readonly TableDraft[]): string[] =>
  drafts
    .filter(({ noun, columns }) => noun === null && columns.some(({ name }) => name === "description"))
    .map(
      ({ words }) =>
        `What is known of ${words} was guessed: a name and a description. Add the columns that you need.`,
    );

const leftOverTold = (text: string, schema: AppSchema): string[] => {
  const told = toldIn(accountOf(text, schema));
  return told.length === 0
    ? []
    : [
        `Nothing was made of ${told.map((words) => `“${words}”`).join(", ")}. Add a table or a column where it matters; rules between values are not kept.`,
      ];
};
