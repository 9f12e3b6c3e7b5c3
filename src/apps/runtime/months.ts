import { folded } from "./database.ts";

const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv"];

let known: Map<string, number> | null = null;

/** Names of months as people write them in ten languages, long and short. Those that mean different months in two of them are left out. */
const months = (): Map<string, number> => {
  if (known !== null) return known;
  const found = new Map<string, number>();
  for (const language of languages)
    for (const form of ["long", "short"] as const)
      for (const number of Array(12).keys()) {
        // With a day beside it a month stands in the case in which dates have it.
        const format = new Intl.DateTimeFormat(language, { day: "numeric", month: form, timeZone: "UTC" });
        const parts = format.formatToParts(Date.UTC(2026, number, 1));
        const name = plain(parts.find(({ type }) => type === "month")?.value ?? "");
        const other = found.get(name);
        found.set(name, other === undefined || other === number + 1 ? number + 1 : Number.NaN);
      }
  known = found;
  return found;
};

const plain = (name: string): string => folded(name).replace(/\.$/, "");

/** The number of a month by its name in one of ten languages, 1 to 12; null: it is none, or not the same one in all of them. */
export const monthNamed = (name: string): number | null => {
  const number = months().get(plain(name));
  return number === undefined || Number.isNaN(number) ? null : number;
};
