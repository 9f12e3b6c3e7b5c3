import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { type AppChange, type Rule, refusal } from "./app-change.ts";
import { addColumns, addOption, addTables, linkTables } from "./change-add.ts";
import { removeColumn, removeTable, renameColumn, renameTable, setRequired } from "./change-edit.ts";

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
