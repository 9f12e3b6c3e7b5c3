import { define } from "#store/schema.ts";
import { columns } from "./columns.ts";

/** The schema's tables on SQLite, by name for the migration generator too. */
export const schema = define(columns);
export const {
  runs,
  runCounts,
  deletedNumbers,
  steps,
  events,
  starts,
  told,
  logLines,
  exports,
  connections,
  people,
  signInLinks,
  sessions,
  apiTokens,
  providerAccounts,
  passkeys,
  spent,
  audit,
  handOvers,
  kept,
  chats,
  settings,
  cleanings,
  cleaned,
  access,
  shares,
  triggers,
  firings,
} = schema;
