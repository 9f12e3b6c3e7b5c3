import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { addColumns, addTables } from "./change-add.ts";
import { addOption } from "./change-options.ts";
import {
  type ChangeRule,
  isCalled,
  needTable,
  placeOf,
  refusal,
  tableNamed,
  withColumn,
  withNew,
} from "./change-place.ts";
import { differences } from "./differences.ts";
import { schemaOf } from "./draft-schema.ts";
import { isWordy, labelOf } from "./names.ts";
import {
  type ColumnDraft,
  draftOf,
  type PlanDraft,
  unitOf,
  withoutTable,
  withTableBetween,
} from "./plan-draft.ts";
import { singular } from "./plural.ts";
import { kindIn } from "./type-words.ts";

/** An app as a request in words would have it, and what that comes to, a sentence each. */
export interface AppChange {
  schema: AppSchema;
  steps: string[];
  /** Why parts of the request are not in it, a sentence each. */
  unread: string[];
}

const help =
  "Say what to change, for example: “Add suppliers (name, phone)”, “Add a birthday column to customers”, “Rename notes of customers to remarks”, “Remove the phone column from customers” or “Remove the table suppliers”.";
const longestRequest = 2_000;

/**
 * Reads changes of an app by the documented grammar, one after the other, and makes them in the plan as a person would in the form. Throws
 * AppError("bad-input") with a sentence when nothing of it is understood, or the app does not bear it.
 */
export const planChange = (schema: AppSchema, text: string): AppChange => {
  if (text.length > longestRequest)
    throw refusal(`Say it in at most ${longestRequest.toLocaleString("en")} characters, or in several runs.`);
  const requests = requestsIn(text);
  if (requests.length === 0) throw refusal(help);
  const [, why] = noChangeIs.find(([pattern]) => pattern.test(text)) ?? [];
  if (why !== undefined) throw refusal(`${why} Nothing was changed.`);
  const unread: string[] = [];
  let draft = draftOf(schema);
  for (const request of requests) {
    const next = rules.reduce<PlanDraft | null>((done, rule) => done ?? rule(draft, request), null);
    if (next === null) unread.push(`“${request.slice(0, 80)}” was not understood.`);
    else draft = next;
  }
  if (unread.length === requests.length) throw refusal([...unread, help].join(" "));
  try {
    const changed = schemaOf(draft, schema);
    const steps = differences(schema, changed);
    if (steps.length === 0)
      throw refusal(["The app is like that already, so nothing would change.", ...unread].join(" "));
    return { schema: changed, steps, unread };
  } catch (error) {
    if (error instanceof AppError) throw refusal(error.message);
    throw error;
  }
};

const setType: ChangeRule = (draft, request) => {
  const [, words = "", inTable, kind = ""] =
    /^(?:change|make|turn|convert) (?:the )?(?:type of )?(.+?)(?: (?:of|in|on) (?:the )?(.+?))?(?: (?:to|into|be))? (?:an? )?([a-z0-8€$£%][a-z0-8/ -]*?)(?: column| field| type)?$/i.exec(
      request,
    ) ?? [];
  const meant = kindIn(kind);
  const found = meant === undefined ? null : placeOf(draft, words, inTable);
  if (meant === undefined || found === null) return null;
  if (found.column.type.startsWith("reference:"))
    throw refusal(
      `“${found.column.label}” of “${found.table.title}” points to rows. Remove it and add a column instead.`,
    );
  return withColumn(draft, found, { type: meant.type, unit: unitOf(meant), options: "", initial: "" });
};

const setFlag: ChangeRule = (draft, request) => {
  const [, words = "", inTable, how = ""] =
    /^(?:make )?(?:the )?(.+?)(?: (?:of|in|on) (?:the )?(.+?))?(?: (?:must|should|has to) be| (?:is|be) (?:always )?)?(?<!no longer)(?<!not) (required|needed|mandatory|optional|unique)$/i.exec(
      request.replace(/ (?:is|are) (?:no longer|not) (?:required|needed|mandatory)$/i, " optional"),
    ) ?? [];
  const found = words === "" ? null : placeOf(draft, words, inTable);
  if (found === null) return null;
  return withColumn(
    draft,
    found,
    how.toLowerCase() === "unique" ? { unique: true } : { required: how.toLowerCase() !== "optional" },
  );
};

const setFirst: ChangeRule = (draft, request) => {
  const [, words = "", inTable, initial = ""] =
    /^(?:set )?(?:the )?(?:default|first)(?: value)? (?:(?:of|for) )?(?:the )?(.+?)(?: (?:of|in|on) (?:the )?(.+?))? (?:to|is|as) (.+)$/i.exec(
      request,
    ) ?? [];
  const found = words === "" ? null : placeOf(draft, words, inTable);
  return found === null ? null : withColumn(draft, found, { initial });
};

const manyToMany: ChangeRule = (draft, request) => {
  const [, oneWords = "", otherWords = ""] =
    /^(?:(?:make|link|connect) )?(.+?) (?:and|to|with) (.+?) (?:are |as )?many[- ]to[- ]many$/i.exec(
      request,
    ) ?? [];
  if (oneWords === "") return null;
  return withTableBetween(draft, needTable(draft, oneWords), needTable(draft, otherWords));
};

const linkTables: ChangeRule = (draft, request) => {
  const [, fromWords = "", toWords = ""] = /^(?:link|connect) (.+?) (?:to|with) (.+)$/i.exec(request) ?? [];
  if (fromWords === "") return null;
  return withNew(draft, needTable(draft, fromWords), [
    singular(needTable(draft, toWords).title.toLowerCase()),
  ]);
};

const rename: ChangeRule = (draft, request) => {
  const [, words = "", inTable, next = ""] =
    /^(?:rename|call|change) (?:the )?(?:table |column |field )?(.+?)(?: (?:table|column|field))?(?: (?:of|in|on|from) (?:the )?(.+?)(?: table)?)? (?:to|into|as) (.+)$/i.exec(
      request,
    ) ?? [];
  if (words === "") return null;
  const label = labelOf(next.toLowerCase());
  if (!isWordy(next)) throw refusal(`“${next}” cannot be a name. Use letters and digits.`);
  const table = inTable === undefined ? tableNamed(draft, words) : undefined;
  if (table !== undefined) {
    const other = tableNamed(draft, next);
    if (other !== undefined && other !== table) throw refusal(`There is a table “${other.title}” already.`);
    const [before, now] = [table.title, label].map((title) => labelOf(singular(title.toLowerCase())));
    const follows = (one: ColumnDraft) =>
      one.type === `reference:${table.key}` && one.label === before ? { ...one, label: now ?? label } : one;
    return {
      ...draft,
      tables: draft.tables.map((one) => ({
        ...one,
        title: one === table ? label : one.title,
        columns: one.columns.map(follows),
      })),
    };
  }
  const found = placeOf(draft, words, inTable);
  if (found === null) return null;
  const taken = found.table.columns.find((one) => one !== found.column && isCalled(one, next));
  if (taken !== undefined) throw refusal(`“${found.table.title}” has a column “${taken.label}” already.`);
  return withColumn(draft, found, { label });
};

const remove: ChangeRule = (draft, request) => {
  const [, kind, words = "", kindAfter, inTable] =
    /^(?:remove|delete|drop) (?:the )?(?:(table|column|field) )?(.+?)(?: (table|column|field))?(?: (?:of|from|in|on) (?:the )?(.+?)(?: table)?)?$/i.exec(
      request,
    ) ?? [];
  if (words === "") return null;
  const found = kind === "table" || kindAfter === "table" ? null : placeOf(draft, words, inTable);
  if (found === null) {
    const table = needTable(draft, words);
    if (draft.tables.length === 1)
      throw refusal(`“${table.title}” is the only table of the app. Delete the app instead.`);
    return withoutTable(draft, draft.tables.indexOf(table));
  }
  if (found.table.columns.length === 1)
    throw refusal(
      `“${found.column.label}” is the only column of “${found.table.title}”. Remove the table instead.`,
    );
  const columns = found.table.columns.filter((one) => one !== found.column);
  return { ...draft, tables: draft.tables.map((one) => (one === found.table ? { ...one, columns } : one)) };
};

// The first that fits decides, so that “add a column” is never read as a table called columns.
const rules: readonly ChangeRule[] = [
  manyToMany,
  setType,
  addOption,
  linkTables,
  setFlag,
  setFirst,
  rename,
  remove,
  addColumns,
  addTables,
];

/** What sounds like a change, and cannot be one: read as a name it would be misread. */
const noChangeIs: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:calendar|chart|graph|photos?|pictures?|attachments?|files?)\b/i,
    "Apps have lists, boards and forms only.",
  ],
  [
    /\b(?:delete|remove|drop|clear|empty|erase) (?:all|every|each|old|the (?:rows?|records?|data|entries))\b/i,
    "Rows are deleted in the app itself. To take a whole table away, say “Remove the table customers”.",
  ],
  [/\b(?:remind|send|notify|e-?mail me|alert me)\b/i, "Apps send nothing by themselves."],
];

const verbs = "add|create|make|include|rename|change|remove|delete|drop|link|connect";

/** One request for each verb: “add a phone to customers and remove notes from it”. */
const requestsIn = (text: string): string[] =>
  text
    .replaceAll(/[’`"“”„]/g, "")
    .replaceAll(/\s+/g, " ")
    .split(
      new RegExp(
        `(?:[;!?]+|\\.(?=\\s|$)|,? (?:and|then)(?= (?:then |also )?(?:${verbs}) )|, (?=(?:then |also )?(?:${verbs}) ))`,
        "i",
      ),
    )
    .map((part) =>
      part
        .replace(
          /^\s*(?:(?:please|and|then|also|could you|can you|i want to|i'?d like to(?= (?:add|make|re|change)))\s+)+/i,
          "",
        )
        .replace(
          /^\s*(?:(?:i'?d|i would|we'?d|we would) like(?: to have)?|(?:i|we) (?:want|need))(?: to have)? /i,
          "add ",
        )
        .replace(/^(.{1,60}?) (?:should|must) (?:also )?have (.+)$/i, "add $2 to $1")
        .trim(),
    )
    .filter((part) => /[a-z0-9]/i.test(part));
