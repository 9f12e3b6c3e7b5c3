import type { AskPage } from "#apps/app-page.ts";
import type { AppRegistry } from "#apps/registry.ts";

/** What the steps of this workflow are handed. */
export interface ChangeDeps {
  apps: AppRegistry;
  page: AskPage;
}

export interface ChangeInput {
  slug: string;
  /** In the person's own words: “Add a suppliers table”. */
  request: string;
}
