import type { Column } from "#apps/runtime/schema.ts";
import type { ColumnDraft } from "./draft.ts";
import { inferColumn } from "./infer-column.ts";
import { labelOf } from "./names.ts";
import { plural, singular } from "./plural.ts";
import type { TableDraft } from "./table-draft.ts";

const mostColumns = 40;

/** The columns of a table with its references tied to the tables that the app has; those without a table to point to fall away. */
export const tied = (table: TableDraft, all: readonly TableDraft[]): Record<string, Column> => {
  const columns = new Map<string, Column>();
  const pointsTo = new Set<string>();
  for (const draft of table.columns) {
    const [name, column] = tie(draft, table, all) ?? [];
    if (name === undefined || column === undefined || columns.has(name) || columns.size >= mostColumns)
      continue;
    if (column.to !== undefined && draft.targets !== undefined && pointsTo.has(column.to)) continue;
    // What the other table says already is not asked for once more.
    if (told.has(name) && [...pointsTo].some((to) => hasColumn(all, to, name))) continue;
    if (column.to !== undefined) pointsTo.add(column.to);
    columns.set(name, column);
  }
  return Object.fromEntries(columns);
};

const told = new Set(["brand", "model"]);

const hasColumn = (all: readonly TableDraft[], table: string, column: string): boolean =>
  all.some(({ name, columns }) => name === table && columns.some((one) => one.name === column));

const tie = (
  { name, column, targets, maybe }: ColumnDraft,
  table: TableDraft,
  all: readonly TableDraft[],
): [string, Column] | null => {
  const others = all.filter((one) => one !== table);
  if (targets === undefined) {
    const meant = maybe === undefined ? undefined : others.find((one) => singularName(one) === maybe);
    return meant === undefined ? [name, column] : [referenceName(meant), reference(meant, false)];
  }
  for (const target of targets) {
    if (target.startsWith("="))
      return [target.slice(1), { ...inferColumn(target.slice(1)), required: column.required }];
    const found = target.startsWith("@")
      ? others.find((one) => one.noun?.role === target.slice(1))
      : (others.find((one) => one.name === target) ?? others.find((one) => one.noun?.key === target));
    if (found !== undefined) return [referenceName(found), reference(found, column.required)];
  }
  return null;
};

/** "customer_id" */
export const referenceName = (target: Pick<TableDraft, "name">): string =>
  `${singularName(target).slice(0, 45)}_id`;

const singularName = ({ name }: Pick<TableDraft, "name">): string =>
  singular(name.replaceAll("_", " ")).replaceAll(" ", "_");

/** A column that points to a row of this table. */
export const reference = (target: Pick<TableDraft, "name">, required: boolean): Column => ({
  type: "reference",
  label: labelOf(referenceName(target)),
  required,
  unique: false,
  to: target.name,
});

/** Relations that a description states: “an order belongs to a customer”, “customers have many orders”. */
export const statedLinks = (
  text: string,
  tables: readonly TableDraft[],
): { from: TableDraft; to: TableDraft }[] => {
  const plain = onlyWords(text);
  return tables.flatMap((from) =>
    tables.filter((to) => to !== from && isStated(plain, from, to)).map((to) => ({ from, to })),
  );
};

const isStated = (text: string, from: TableDraft, to: TableDraft): boolean => {
  if (namesOf(from).length === 0 || namesOf(to).length === 0) return false;
  const one = `(?:${namesOf(from).map(singular).join("|")})`;
  const many = `(?:${namesOf(from).map(plural).join("|")})`;
  const owner = `(?:${namesOf(to)
    .flatMap((words) => [singular(words), plural(words)])
    .join("|")})`;
  const belongs = new RegExp(
    `\\b(?:${one}|${many}) (?:(?:always |can |may |must )?belongs? to|(?:is|are) (?:for|of|made by|assigned to|linked to|part of)|assigned to|linked to|per|refers? to) (?:a |an |one |the |its |their |each |exactly )*${owner}\\b`,
  );
  const has = new RegExp(
    `\\b${owner} (?:can |may |must )?(?:has|have|owns?|places?|makes?|gets?) (?:many |several |multiple |some |more than one |any number of |a list of |one or more )*${many}\\b`,
  );
  return belongs.test(text) || (plural(from.words) !== singular(from.words) && has.test(text));
};

/** “Honey harvests” may be called harvests later on. Titles are people's own words, so they enter a pattern only as plain words. */
const namesOf = ({ words, noun }: TableDraft): string[] => {
  const plain = onlyWords(words)
    .replaceAll(/[.;,\n]/g, "")
    .trim();
  if (plain === "") return [];
  return noun === null ? [plain, plain.slice(plain.lastIndexOf(" ") + 1)] : [plain];
};

const onlyWords = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9 .;,\n-]/g, " ")
    .replaceAll(/ +/g, " ");
