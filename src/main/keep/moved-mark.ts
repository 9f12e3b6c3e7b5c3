import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";

/**
 * Says in a data folder that its database went elsewhere, or that one comes; it is written before what makes that so and taken away after it, so no
 * server ever begins on the one of two that is not the truth.
 */
export interface MovedMark {
  way: "to" | "from";
  /** "db.example.org/milepost" */
  postgres: string;
}

export const readMark = ({ moved }: DataFolder): MovedMark | null => {
  if (!existsSync(moved)) return null;
  const [, way = "to", postgres = ""] = /^(to|from) (.*)/.exec(readFileSync(moved, "utf8")) ?? [];
  return { way: way === "from" ? "from" : "to", postgres };
};

export const putMark = ({ moved, folder }: DataFolder, { way, postgres }: MovedMark): void => {
  writeFileSync(moved, `${way} ${postgres}\n`, { mode: 0o600, flush: true });
  ontoDisk(folder);
};

export const removeMark = ({ moved, folder }: DataFolder): void => {
  rmSync(moved, { force: true });
  ontoDisk(folder);
};

/** Throws AppError("conflict") where a server would go on with runs that go on elsewhere. */
export const assertNotMoved = (at: DataFolder): void => {
  const mark = readMark(at);
  if (mark === null) return;
  const { way, postgres } = mark;
  const again = `milepost move --to ${way === "to" ? "postgres://…" : "sqlite"}`;
  throw new AppError(
    "conflict",
    way === "from" || existsSync(at.database)
      ? `A move ${way} ${postgres} was cut off. Do it again: ${again}.`
      : `What was in ${at.database} was moved to ${postgres}. Name that with MILEPOST_DATABASE, or move it back: milepost move --to sqlite.`,
  );
};
