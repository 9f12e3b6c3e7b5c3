import type { Actor } from "#core/actor.ts";
import type { WebDeps } from "./deps.ts";

/** Deletes an app and its data. Throws AppError("not-found"). */
export const removeApp = async (
  { apps, store, clock }: Pick<WebDeps, "apps" | "store" | "clock">,
  slug: string,
  by: Actor,
): Promise<void> => {
  const { schema } = apps.open(slug);
  apps.remove(slug);
  await store.accounts.audit({
    at: clock.now(),
    by,
    did: "deleted an app and its data",
    target: schema.title,
  });
};
