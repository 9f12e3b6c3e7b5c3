import type { AppRegistry } from "#apps/registry.ts";
import type { Chat } from "#connectors/openai/chat.ts";
import type { Connections } from "#core/connection.ts";

/** What the steps of this workflow are handed. */
export interface GenerateDeps {
  apps: AppRegistry;
  /** Asks an app for a page, as a browser would, by its path below the app's own address: "customers/new". */
  page(slug: string, path: string): Promise<{ status: number; text: string }>;
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
