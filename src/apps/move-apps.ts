import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#core/errors.ts";
import type { TableSum } from "./copy-rows.ts";
import { ontoDisk } from "./onto-disk.ts";
import { type AppsHome, openApps } from "./open-apps.ts";

export interface MovedApp {
  slug: string;
  /** Read back from where it is now, and compared. */
  sums: TableSum[];
}

export interface MoveOptions {
  /** Where the folders of apps go that were taken over; left out: they stay. */
  aside?: string;
  /** Is told why one app stays where it is, and the others go on; left out: nothing goes on. */
  onStay?(slug: string, error: AppError): void;
}

/**
 * Takes all apps of one home over into another; those that are there already stay as they are there. Nobody writes into an app meanwhile. Throws
 * AppError("conflict", "forbidden", "unreachable").
 */
export const moveApps = async (
  from: AppsHome,
  to: AppsHome,
  now: () => number,
  { aside, onStay }: MoveOptions = {},
): Promise<MovedApp[]> => {
  const former = await openApps(from, now);
  const next = await openApps(to, now);
  const moved = (slug: string): MovedApp => {
    const app = former.open(slug);
    return app.db
      .transaction(() => {
        const { sums } = next.take(app);
        for (const copy of former.copies(slug)) next.takeCopy(slug, copy);
        if (aside !== undefined && "folder" in from) setAside(from.folder, slug, aside);
        return { slug, sums };
      })
      .immediate();
  };
  try {
    return former.titles().flatMap(({ slug }) => {
      try {
        return [moved(slug)];
      } catch (error) {
        if (onStay === undefined || !(error instanceof AppError && error.code === "conflict")) throw error;
        onStay(slug, error);
        return [];
      }
    });
  } finally {
    former.close();
    next.close();
  }
};

const setAside = (folder: string, slug: string, aside: string): void => {
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  renameSync(join(folder, slug), join(aside, slug));
  ontoDisk(aside);
  ontoDisk(folder);
};
