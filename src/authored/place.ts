import { sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Place } from "#core/authored.ts";

/** An error whose place is known. */
export class FaultAt extends Error {
  override readonly name = "FaultAt";
  readonly place: Place;
  constructor(place: Place, sentence: string) {
    super(sentence);
    this.place = place;
  }
}

/** The first place below the folder that an error names: where it was thrown, or where a file cannot be read as TypeScript. */
export const placeOf = (thrown: unknown, root: string): Place | null => {
  if (thrown instanceof FaultAt) return thrown.place;
  const said = thrown instanceof Error ? `${thrown.stack ?? ""}\n${thrown.message}` : String(thrown);
  for (const base of [`${pathToFileURL(root).href}/`, root + sep]) {
    for (let at = said.indexOf(base); at >= 0; at = said.indexOf(base, at + 1)) {
      const [, path = "", line] =
        /^((?:[^\s:)'"]| (?=\S*\.[cm]?[jt]s\b))+)(?::(\d+))?/.exec(said.slice(at + base.length)) ?? [];
      if (path === "" || path.split("/").includes("node_modules")) continue;
      const file = base.startsWith("file:") ? decodeURIComponent(path) : path;
      return { file, line: line === undefined ? null : Number(line) };
    }
  }
  return null;
};

/** The line of a text in which this stands first, from 1; null: nowhere. */
export const lineOf = (text: string, pattern: RegExp): number | null => {
  const at = text.search(pattern);
  return at < 0 ? null : text.slice(0, at).split("\n").length;
};
