import type { Columns } from "#store/dialect.ts";
import { define } from "#store/schema.ts";
import { columns } from "./columns.ts";

/** The schema's tables on PostgreSQL, by name for the migration generator too. */
export const schema = define(columns as unknown as Columns);
export const {
  runs,
  runCounts,
  deletedNumbers,
  steps,
  events,
  starts,
  told,
  logLines,
  items,
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
  channels,
  notices,
  deliveries,
  preferences,
  bells,
  scripts,
} = schema;
