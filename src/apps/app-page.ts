import type { AppRegistry } from "#apps/registry.ts";
import { createGeneratedApp } from "#apps/runtime/app.tsx";
import type { Assets } from "#apps/runtime/assets.ts";
import type { Clock } from "#apps/runtime/clock.ts";
import { importApart } from "#apps/runtime/import-apart.ts";
import { routes } from "#core/routes.ts";

/** A page of an app, as whoever opens it in a browser gets it. */
export interface AppPage {
  status: number;
  text: string;
}

/** Asks an app for a page by its path below the app's own address: "customers/new". Nothing leaves this process. */
export type AskPage = (slug: string, path: string) => Promise<AppPage>;

/** Pages drawn by the runtime that serves them, over the app's own database. */
export const createAskPage =
  ({ apps, assets, clock }: { apps: AppRegistry; assets: Assets; clock: Clock }): AskPage =>
  async (slug, path) => {
    const { db, schema } = apps.open(slug);
    const base = routes.app.href({ slug });
    const importRows = importApart(db.name, schema);
    const app = createGeneratedApp({ schema, db, base, assets, clock, importRows });
    const response = await app.request(`${base}${path}`);
    return { status: response.status, text: await response.text() };
  };
