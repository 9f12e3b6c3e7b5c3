import type { AskPage } from "#apps/app-page.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { Chat } from "#connectors/openai/chat.ts";
import type { Connections } from "#core/connection.ts";

/** What the steps of this workflow are handed. */
export interface GenerateDeps {
  apps: AppRegistry;
  page: AskPage;
  connections: Connections;
  /** A client for a stored connection to a language model. */
  chat(connectionId: string): Promise<Chat>;
}

export interface GenerateInput {
  description: string;
  title: string;
  /** The address, settled at the start: `/apps/<slug>/`. */
  slug: string;
  /** The model that drafts the plan; null: the planner that needs none. */
  connectionId: string | null;
}
