import type { Actor } from "#core/actor.ts";
import type { WebDeps } from "./deps.ts";

/** Removes an app; its data are kept for 30 days. Throws AppError("not-found"). */
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
    did: "removed an app, which is kept for 30 days",
    target: schema.title,
  });
};

/** Brings back an app that was removed. Throws AppError("not-found" | "conflict"). */
export const bringBackApp = async (
  { apps, store, clock }: Pick<WebDeps, "apps" | "store" | "clock">,
  slug: string,
  by: Actor,
): Promise<void> => {
  const { schema } = apps.bringBack(slug);
  await store.accounts.audit({ at: clock.now(), by, did: "brought back an app", target: schema.title });
};
