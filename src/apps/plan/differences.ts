import type { AppSchema, Column, Table } from "#apps/runtime/schema.ts";

/** What is different between a plan and the one before, a sentence each. */
export const differences = (from: AppSchema, to: AppSchema): string[] => [
  ...(from.title === to.title ? [] : [`Calls the app “${to.title}”.`]),
  ...Object.entries(to.tables).flatMap(([name, table]) => {
    const old = from.tables[name];
    if (old === undefined) return [`Adds the table “${table.title}” with ${labelsOf(table)}.`];
    return inTable(old, table, to);
  }),
  ...Object.entries(from.tables)
    .filter(([name]) => to.tables[name] === undefined)
    .map(([, { title }]) => `Removes the table “${title}”.`),
];

const inTable = (before: Table, after: Table, to: AppSchema): string[] => {
  const order = (ids: readonly string[], other: Table) =>
    ids.filter((id) => other.columns[id] !== undefined).join();
  const inOrder = order(Object.keys(before.columns), after) === order(Object.keys(after.columns), before);
  const rules = ({ rules = [] }: Table) => rules.map(({ rule }) => rule);
  const [had, has] = [rules(before), rules(after)];
  return [
    ...(before.title === after.title ? [] : [`Renames the table “${before.title}” to “${after.title}”.`]),
    ...Object.entries(after.columns).flatMap(([id, column]) => {
      const old = before.columns[id];
      return old === undefined
        ? [`Adds the column “${column.label}” to “${after.title}”.`]
        : ofColumn(old, column, after.title, to);
    }),
    ...Object.entries(before.columns)
      .filter(([id]) => after.columns[id] === undefined)
      .map(([, { label }]) => `Removes the column “${label}” of “${after.title}”.`),
    ...has
      .filter((one) => !had.includes(one))
      .map((one) => `From now on a rule of “${after.title}”: ${one}.`),
    ...had.filter((one) => !has.includes(one)).map((one) => `No longer a rule of “${after.title}”: ${one}.`),
    ...(inOrder ? [] : [`Puts the columns of “${after.title}” in another order.`]),
  ];
};

const ofColumn = (before: Column, after: Column, title: string, to: AppSchema): string[] => {
  const place = `“${after.label}” of “${title}”`;
  const holds = ({ type, digits, currency, to: table }: Column) =>
    table === undefined
      ? `${type}${digits === undefined ? "" : ` of ${digits} digits`}${currency === undefined ? "" : ` in ${currency}`}`
      : `a row of ${to.tables[table]?.title ?? table}`;
  const added = (after.options ?? []).filter((one) => before.options?.includes(one) !== true);
  const removed = (before.options ?? []).filter((one) => after.options?.includes(one) !== true);
  return [
    ...(before.label === after.label ? [] : [`Renames “${before.label}” of “${title}” to “${after.label}”.`]),
    ...(holds(before) === holds(after) ? [] : [`Changes ${place} from ${holds(before)} to ${holds(after)}.`]),
    ...(added.length === 0 ? [] : [`Adds ${quoted(added)} to the values of ${place}.`]),
    ...(removed.length === 0 ? [] : [`Removes ${quoted(removed)} from the values of ${place}.`]),
    ...((before.initial ?? "") === (after.initial ?? "")
      ? []
      : [
          `New rows begin with ${after.initial === undefined ? "nothing" : `“${after.initial}”`} in ${place}.`,
        ]),
    ...(before.computed === after.computed
      ? []
      : [
          after.computed === undefined
            ? `${place} is entered from now on.`
            : `Computes ${place}: ${after.computed}.`,
        ]),
    ...(before.required === after.required
      ? []
      : [`${place} ${after.required ? "must be filled in" : "may be left empty"} from now on.`]),
    ...(before.unique === after.unique
      ? []
      : [
          `${place} ${after.unique ? "must be different in every row" : "may be the same in several rows"} from now on.`,
        ]),
  ];
};

const quoted = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");
const labelsOf = ({ columns }: Table): string =>
  Object.values(columns)
    .map(({ label }) => label)
    .join(", ");
