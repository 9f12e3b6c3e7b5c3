import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { type AppChange, type Rule, refusal } from "./app-change.ts";
import { addColumns, addOption, addTables, linkTables } from "./change-add.ts";
import { removeColumn, removeTable, renameColumn, renameTable, setRequired, setType } from "./change-edit.ts";

const help =
  "Say what to change, for example: “Add a suppliers table with name and phone”, “Add a birthday column to customers”, “Rename notes of customers to remarks”, “Remove the phone column from customers” or “Remove the table suppliers”.";

const longestRequest = 2_000;

/**
 * Plans a change of an app from a request in plain English, always the same for the same words. Throws AppError("bad-input") with a
 * sentence when the request is not understood or does not fit the app.
 */
export const planChange = (schema: AppSchema, text: string): AppChange => {
  if (text.length > longestRequest)
    throw refusal(`Say it in at most ${longestRequest.toLocaleString("en")} characters, or in several runs.`);
  const requests = requestsIn(text);
  if (requests.length === 0) throw refusal(help);
  const [, why] = noChangeIs.find(([pattern]) => pattern.test(text)) ?? [];
  if (why !== undefined) throw refusal(`${why} Nothing was changed.`);
  let change: AppChange = { schema, steps: [], loses: [], renames: { tables: {}, columns: {} } };
  for (const request of requests) {
    const next = rules.reduce<AppChange | null>((done, rule) => done ?? rule(change, request), null);
    if (next === null) throw refusal(`“${request.slice(0, 80)}” was not understood. ${help}`);
    change = next;
  }
  try {
    return { ...change, schema: checkSchema(change.schema) };
  } catch (error) {
    if (error instanceof SchemaError) throw refusal(error.message);
    throw error;
  }
};

// The first that fits decides, so that “add a column” is never read as a table called columns.
const rules: readonly Rule[] = [
  setType,
  addOption,
  linkTables,
  setRequired,
  renameColumn,
  renameTable,
  removeColumn,
  removeTable,
  addColumns,
  addTables,
];

/** What sounds like a change, and cannot be one: read as a name it would be misread. */
const noChangeIs: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:computed?|calculated?|formula)\b|(?:^|[\s\p{L}])[=*]|\b(?:sum|total|count|average) (?:of|over) (?:all|the|its|their)\b/iu,
    "Columns hold what is entered; none is computed from others yet.",
  ],
  [
    /\bmany[- ]to[- ]many\b/i,
    "A row points to one row of another table. For many on both sides, add a table between them: “Add a table called enrollments with student and course”.",
  ],
  [
    /\b(?:calendar|chart|graph|photos?|pictures?|attachments?|files?)\b/i,
    "Apps have lists, boards and forms only.",
  ],
  [/\b(?:remind|send|notify|e-?mail me|alert me)\b/i, "Apps send nothing by themselves."],
];

const verbs = "add|create|make|include|rename|change|remove|delete|drop|link|connect";

/** One request for each verb: “add a phone to customers and remove notes from it”. */
const requestsIn = (text: string): string[] =>
  text
    .replaceAll(/[’'`"“”„]/g, "")
    .replaceAll(/\s+/g, " ")
    .split(
      new RegExp(
        `(?:[.;!?]+|,? (?:and|then)(?= (?:then |also )?(?:${verbs}) )|, (?=(?:then |also )?(?:${verbs}) ))`,
        "i",
      ),
    )
    .map((part) =>
      part.replace(/^\s*(?:please|and|then|also|could you|can you|i want to|id like to)\s+/i, "").trim(),
    )
    .filter((part) => /[a-z0-9]/i.test(part));
