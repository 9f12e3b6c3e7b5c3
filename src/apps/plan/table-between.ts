import type { Column, Rule } from "#apps/runtime/schema.ts";
import { labelOf, tableNameOf } from "./names.ts";
import { singular, singularName } from "./plural.ts";

interface Named {
  key: string;
  title: string;
}

/** The table between two whose rows have many of each other: each row of it is a pair, and no pair is there twice. */
export const tableBetween = (
  one: Named,
  other: Named,
): { title: string; columns: Record<string, Column>; rules: Rule[] } => {
  const referring = ({ key, title }: Named, before: string): [string, Column] => [
    `${before.replace(" ", "_")}${singularName(key)}_id`,
    {
      ...{ type: "reference", to: key, required: true, unique: false },
      label: labelOf(`${before}${singular(title.toLowerCase())}`),
    },
  ];
  const columns = [referring(one, ""), referring(other, one.key === other.key ? "other " : "")];
  return {
    title: `${one.title} and ${other.title.toLowerCase()}`.slice(0, 60),
    columns: Object.fromEntries(columns),
    rules: [
      {
        rule: `unique ${columns.map(([name]) => name).join(", ")}`,
        says: "These two are together already.",
      },
    ],
  };
};

/** Those between pairs of tables, told by their keys: one where both tell of each other, and none in the place of another table. */
export const tablesBetween = (
  pairs: readonly (readonly [string, string])[],
  known: readonly Named[],
  read: Readonly<Record<string, { title: string }>>,
): Record<string, ReturnType<typeof tableBetween>> => {
  const all = [...known, ...Object.entries(read).map(([key, { title }]) => ({ key, title }))];
  const made: Record<string, ReturnType<typeof tableBetween>> = {};
  for (const pair of pairs) {
    const [one, other] = pair.map((key) => all.find((table) => table.key === key));
    if (one === undefined || other === undefined) continue;
    const between = tableBetween(one, other);
    const [key, reverse] = [between, tableBetween(other, one)].map(({ title }) => tableNameOf(title) ?? "");
    if (key && reverse !== undefined && !(key in read) && !(reverse in made)) made[key] = between;
  }
  return made;
};
