import type Database from "better-sqlite3";
import { z } from "zod";
import { nameOf } from "#apps/plan/names.ts";
import { singular } from "#apps/plan/plural.ts";
import { type Sheet, type SheetColumn, spaced } from "#apps/plan/sheet.ts";
import { countText } from "#core/plural.ts";

/** So many different words in one column that are all keys of a file are no chance, whatever the column is called. */
const enoughWords = 5;
/** Where no more than this share is not found, a column is told to be nearly a reference. */
const nearlyAll = 0.2;

interface Link extends z.infer<typeof compared> {
  to: number;
  key: SheetColumn;
  isNear: boolean;
}

/** The sheets with what their columns refer to: all that stands in one is found in a column of another file in which each row says something else. */
export const relate = (db: Database.Database, sheets: readonly Sheet[]): Sheet[] => {
  const edges = new Map<number, Set<number>>();
  return sheets.map((sheet, at) => {
    const reached = new Set<number>();
    const columns = sheet.columns.map((column): SheetColumn => {
      const links = linksOf(db, sheets, at, column).filter(
        ({ to, isNear }) => !leads(edges, to, at) && (isNear || !reached.has(to)),
      );
      const [best] = links.filter(({ missing }) => missing === 0);
      if (best !== undefined) {
        reached.add(best.to);
        edges.set(at, (edges.get(at) ?? new Set()).add(best.to));
        return { ...column, refersTo: { sheet: best.to, column: best.key.name } };
      }
      const nearly = links.find(({ isNear, missing, values }) => isNear && missing <= values * nearlyAll);
      return nearly === undefined ? column : { ...column, doubt: doubtOf(sheets, column, nearly) };
    });
    return { ...sheet, columns };
  });
};

const leads = (edges: ReadonlyMap<number, ReadonlySet<number>>, from: number, to: number): boolean =>
  from === to || [...(edges.get(from) ?? [])].some((next) => leads(edges, next, to));

/** Those that are called so first. */
const linksOf = (db: Database.Database, sheets: readonly Sheet[], at: number, column: SheetColumn): Link[] =>
  sheets
    .flatMap((other, to): Link[] =>
      to === at || column.filled === 0
        ? []
        : other.columns
            .filter(({ isUnique, isLong }) => isUnique && !isLong && other.rows > 1)
            .flatMap((key) => {
              const isNear = isCalledSo(column.heading, other.title, key.heading);
              if (!isNear && !column.cells.every((cell) => /\p{L}/u.test(cell))) return [];
              const found = comparison(db, `s${at}`, column, `s${to}`, key);
              return isNear || found.values >= enoughWords ? [{ to, key, isNear, ...found }] : [];
            }),
    )
    .sort((one, other) => Number(other.isNear) - Number(one.isNear));

const compared = z.object({ values: z.number(), missing: z.number(), example: z.string().nullable() });

/** How many different values stand in a column, how many of them are not in the other one, and one of those. */
const comparison = (
  db: Database.Database,
  table: string,
  { at }: SheetColumn,
  other: string,
  key: SheetColumn,
): z.infer<typeof compared> =>
  compared.parse(
    db
      .prepare(
        `SELECT (SELECT count(DISTINCT c${at}) FROM ${table}) "values", count(DISTINCT c${at}) missing, min(c${at}) example FROM ${table} WHERE c${at} NOT IN (SELECT c${key.at} FROM ${other})`,
      )
      .get(),
  );

/** “customer_id”, “Customer no.” and “CustomerNo” of a file “customers”, “Kunde” of “Kunden”; or both headings are the same and say more than “id”. */
const isCalledSo = (heading: string, title: string, key: string): boolean => {
  const own = wordsOf(heading);
  const bare = own.map(withoutKey).filter((word) => word !== "");
  if (bare.length === 0) return false;
  const entity = wordsOf(title);
  return (
    own.join(" ") === wordsOf(key).join(" ") ||
    isForm(bare.join(" "), entity.join(" ")) ||
    (bare.length === 1 && entity.some((word) => isForm(bare[0] ?? "", word)))
  );
};

/** Whether one word is a form of another: of its plural, whatever the language adds to it. */
const isForm = (one: string, other: string): boolean => {
  if (singular(one) === singular(other)) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  const isLonger = long.length - short.length <= 3 && short.length >= 4;
  return isLonger && long.startsWith(short.length === 4 ? short : short.slice(0, -1));
};

const plainKeys = /^(?:id|no|nr|num|number|code|key|name|ref|uuid|title)$/;
/** “kundennr” and “customerid” are written in one. */
const withoutKey = (word: string): string =>
  plainKeys.test(word) ? "" : word.replace(/(?<=....)(?:id|no|nr|num|number|code)$/, "");

const wordsOf = (text: string): string[] =>
  (nameOf(spaced(text)) ?? text.toLowerCase()).split("_").filter((word) => word !== "");

const doubtOf = (
  sheets: readonly Sheet[],
  { heading }: SheetColumn,
  { to, values, missing, example }: Link,
): string =>
  `“${heading}” nearly refers to “${sheets[to]?.title}”, but ${countText(missing)} of ${countText(values)} values are not there, such as “${example?.slice(0, 40)}”. It stays as it is; correct the file to have it refer`;
