import { createAnswering } from "#apps/answering.ts";
import { type Apart, isLarge } from "#apps/apart.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { Assets } from "#apps/runtime/assets.ts";
import type { Clock } from "#apps/runtime/clock.ts";
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

/** Pages as people get them, over the app's own database: where there is much in it, by the process that answers for it. */
export const createAskPage = ({ apps, appsApart, assets, clock }: AskPageDeps): AskPage => {
  const answer = createAnswering({ assets, clock, onError: () => undefined });
  return async (slug, path) => {
    const opened = apps.open(slug);
    const request = new Request(`http://localhost${routes.app.href({ slug })}${path}`);
    return pageOf(await (isLarge(opened) ? appsApart.answer : answer)(opened, request, nobody));
  };
};

const nobody = { mayChange: true, name: "" };

const pageOf = async (response: Response): Promise<AppPage> => ({
  status: response.status,
  text: await response.text(),
});
