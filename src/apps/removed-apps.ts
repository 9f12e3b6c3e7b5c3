import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#core/errors.ts";
import { keptApp } from "#core/kept-app.ts";
import { ontoDisk } from "./onto-disk.ts";
import { outlineIn } from "./schema-file.ts";

/** An app that was removed and can still be brought back. */
export interface RemovedApp {
  slug: string;
  title: string;
  /** Milliseconds since 1970. */
  removedAt: number;
}

/** The apps in `folder` that were removed and are still kept, the newest first. */
export const removedApps = (folder: string): RemovedApp[] =>
  readdirSync(folder)
    .flatMap((name) => {
      const kept = keptApp.read(name);
      return kept === null ? [] : [{ ...kept, title: outlineIn(join(folder, name))?.title ?? kept.slug }];
    })
    .sort((one, other) => other.removedAt - one.removedAt);

/** Puts an app away, where nothing serves it, and gives its folder there; it is complete under the one name or the other at any instant. */
export const putAway = (folder: string, slug: string, removedAt: number): string => {
  const away = join(folder, keptApp.name({ slug, removedAt }));
  if (existsSync(away)) return putAway(folder, slug, removedAt + 1);
  renameSync(join(folder, slug), away);
  ontoDisk(folder);
  return away;
};

/** Brings back the app of this address that was removed last. Throws AppError("not-found"), or "conflict" where another has its address. */
export const bringBackApp = (folder: string, slug: string): void => {
  const last = removedApps(folder).find((one) => one.slug === slug);
  if (last === undefined) throw new AppError("not-found", `No app “${slug}” is kept that was removed.`);
  if (readdirSync(folder).includes(slug))
    throw new AppError("conflict", `There is another app at /apps/${slug}/ now. Remove that one first.`);
  renameSync(join(folder, keptApp.name(last)), join(folder, slug));
  ontoDisk(folder);
};
