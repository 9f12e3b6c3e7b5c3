import { type Apart, isLarge } from "#apps/apart.ts";
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

interface AskPageDeps {
  apps: AppRegistry;
  appsApart: Pick<Apart, "answer">;
  assets: Assets;
  clock: Clock;
}

/** Asks an app for a page by its path below the app's own address: "customers/new". Nothing leaves this machine. */
export type AskPage = (slug: string, path: string) => Promise<AppPage>;

/** Pages drawn by the runtime that serves them, over the app's own database: where there is much in it, by the process that answers for it. */
export const createAskPage =
  ({ apps, appsApart, assets, clock }: AskPageDeps): AskPage =>
  async (slug, path) => {
    const opened = apps.open(slug);
    const { db, schema } = opened;
    const base = routes.app.href({ slug });
    if (isLarge(opened))
      return pageOf(await appsApart.answer(opened, new Request(`http://localhost${base}${path}`), nobody));
    const importRows = importApart(db.name, schema);
    const app = createGeneratedApp({ schema, db, base, assets, clock, importRows });
    return pageOf(await app.request(`${base}${path}`));
  };

const nobody = { mayChange: true, name: "" };

const pageOf = async (response: Response): Promise<AppPage> => ({
  status: response.status,
  text: await response.text(),
});
