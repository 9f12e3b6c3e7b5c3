import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { appMaker } from "#core/needs.ts";
import { routes } from "#core/routes.ts";
import { accountOf, toldIn } from "./account.ts";
import { finishTable } from "./finish-table.ts";
import { foreignLanguage } from "./language.ts";
import { slugOf } from "./names.ts";
import { readPlanText } from "./plan-text.ts";
import { nearestTemplate } from "./templates.ts";

/** A plan of an app and how it came about. */
export interface AppPlan {
  schema: AppSchema;
  /** What was understood, a sentence each. */
  understood: string[];
  /** What was left out or not understood, a sentence each. */
  warnings: string[];
}

export const longestDescription = 4_000;
const mostTables = 20;

/**
 * Plans an app from a description by the documented grammar alone: no model, no network, nothing guessed. Throws AppError("bad-input") with a question
 * when it names no table with its columns, or a sentence that says what is wrong with a formula or a rule.
 */
export const planFromDescription = (text: string): AppPlan => {
  if (text.length > longestDescription)
    throw refused(`Describe the app in at most ${longestDescription.toLocaleString("en")} characters.`);
  const { title: given, tables } = readPlanText(text);
  const found = Object.entries(tables);
  if (found.length === 0) throw question(text);
  if (found.length > mostTables)
    throw refused(`An app begins with at most ${mostTables} tables. Add the others once it is there.`);
  const title =
    given ??
    found
      .slice(0, 2)
      .map(([, table]) => table.title)
      .join(" and ");
  const schema = checked({
    app: slugOf(title),
    title: title.slice(0, 80),
    tables: Object.fromEntries(
      found.map(([name, table]) => [
        name,
        {
          ...finishTable(table.title.toLowerCase(), table.columns),
          title: table.title,
          ...(table.rules.length === 0 ? {} : { rules: table.rules }),
        },
      ]),
    ),
  });
  const parts = accountOf(text);
  const cannot = parts.filter(({ fate, where }) => fate === "told" && where !== "").map(({ where }) => where);
  const unread = toldIn(parts).map((words) => `“${words}”`);
  const asked = `Nothing was made of ${unread.join(", ")}. What is meant? Say it as a table with its columns, such as “books (title, author)”, or add it below.`;
  return {
    schema,
    understood: told(schema),
    warnings: [
      ...new Set(cannot),
      ...addressed(schema),
      ...languageOf(text),
      ...(unread.length === 0 ? [] : [asked]),
    ],
  };
};

/** Columns that people mean for something that no app keeps. */
const addressed = ({ tables }: AppSchema): string[] => {
  const labels = Object.values(tables).flatMap(({ columns }) =>
    Object.entries(columns).flatMap(([name, { type, label }]) =>
      type === "url" && /(?:photo|picture|image|attachment)$/.test(name) ? [`“${label}”`] : [],
    ),
  );
  return labels.length === 0
    ? []
    : [`Generated apps keep no pictures or files: ${labels.join(", ")} can hold the web address of one.`];
};

const languageOf = (text: string): string[] => {
  const language = foreignLanguage(text);
  return language === null
    ? []
    : [
        `This looks like ${language}, of which only the signs were read: look through the types below, or have a language model draft the plan.`,
      ];
};

const refused = (sentence: string) => new AppError("bad-input", sentence, { field: "description" });

const question = (text: string): AppError => {
  const language = foreignLanguage(text);
  const template = nearestTemplate(text);
  const sentence =
    language === null
      ? "Which things should the app keep, and what is known of each? Write it as “books (title, author), members (name, email) and loans (book, member, due date)”."
      : `This looks like ${language}. Without a language model, chosen under “Who drafts the plan?”, a description is read in English only, as “books (title, author), loans (book, due date)”.`;
  const wayOn = template === null ? null : routes.workflow.href({ id: appMaker }, { example: template.id });
  return new AppError("bad-input", sentence, {
    field: "description",
    ...(wayOn === null
      ? {}
      : { wayOn: { href: wayOn, label: `Begin with the template “${template?.title}”` } }),
  });
};

const checked = (schema: AppSchema): AppSchema => {
  try {
    return checkSchema(schema);
  } catch (error) {
    if (error instanceof SchemaError) throw refused(error.message);
    throw error;
  }
};

/** What is in a plan, a sentence each. */
export const told = (schema: AppSchema): string[] => {
  const tables = Object.values(schema.tables);
  const titles = (some: typeof tables) => some.map(({ title }) => title).join(", ");
  const links = tables.flatMap(({ title, columns }) =>
    Object.values(columns).flatMap(({ to }) =>
      to === undefined ? [] : [`${title} → ${schema.tables[to]?.title ?? to}`],
    ),
  );
  const boards = tables.filter(({ board }) => board !== null);
  const alerts = tables.filter(({ alert }) => alert !== null);
  return [
    `${tables.length === 1 ? "One table" : `${tables.length} tables`}: ${titles(tables)}.`,
    ...(links.length === 0 ? [] : [`Relations: ${links.join(", ")}.`]),
    ...(boards.length === 0 ? [] : [`A board by status for ${titles(boards)}.`]),
    ...(alerts.length === 0 ? [] : [`An alert when ${titles(alerts).toLowerCase()} run low.`]),
  ];
};
