import type { Column, Table } from "#apps/runtime/schema.ts";
import { type AppChange, columnNamed, type Rule, refusal, tableNamed, withTable } from "./app-change.ts";
import { columnNameOf, labelOf, tableNameOf } from "./names.ts";
import { singular } from "./plural.ts";
import { typeIn } from "./type-words.ts";

const rename =
  /^(?:rename|call|change) (?:the )?(?:table |column |field )?(.+?)(?: (?:table|column|field))?(?: (?:of|in|on|from) (?:the )?(.+?)(?: table)?)? (?:to|into|as) (.+)$/i;

/** “Rename notes of customers to remarks”. */
export const renameColumn: Rule = (change, request) => {
  const [, columnWords = "", tableWords, newWords = ""] = rename.exec(request) ?? [];
  if (columnWords === "") return null;
  const found = placeOf(change, columnWords, tableWords);
  if (found === null) return null;
  const { name, table, id, column } = found;
  const next = columnNameOf(newWords);
  if (next === null) throw refusal(`“${newWords}” cannot be the name of a column. Use letters and digits.`);
  const newId = column.type === "reference" && !next.endsWith("_id") ? `${next.slice(0, 45)}_id` : next;
  if (newId !== id && table.columns[newId] !== undefined)
    throw refusal(`“${table.title}” has a column “${table.columns[newId].label}” already.`);
  const as = (one: string): string => (one === id ? newId : one);
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([one, old]) => [
      as(one),
      one === id ? { ...old, label: labelOf(newWords.toLowerCase()) } : old,
    ]),
  );
  const names = change.renames.columns[name] ?? {};
  return withTable(
    change,
    name,
    { ...table, columns, name: as(table.name) },
    {
      steps: [`Renames “${column.label}” of “${table.title}” to “${labelOf(newWords.toLowerCase())}”.`],
      renames: {
        ...change.renames,
        columns: { ...change.renames.columns, [name]: { ...without(names, id), [newId]: names[id] ?? id } },
      },
    },
  );
};

/** “Rename customers to clients”. The references to it follow. */
export const renameTable: Rule = (change, request) => {
  const [, words = "", inTable, newWords = ""] = rename.exec(request) ?? [];
  const [name, table] = inTable === undefined ? (tableNamed(change.schema, words) ?? []) : [];
  if (name === undefined || table === undefined) return null;
  const newName = tableNameOf(newWords);
  if (newName === null) throw refusal(`“${newWords}” cannot be the name of a table. Use letters and digits.`);
  if (newName !== name && change.schema.tables[newName] !== undefined)
    throw refusal(`There is a table “${change.schema.tables[newName].title}” already.`);
  const title = labelOf(newWords.toLowerCase());
  const one = labelOf(singular(newWords.toLowerCase()));
  const pointing = (columns: Table["columns"]): Table["columns"] =>
    Object.fromEntries(
      Object.entries(columns).map(([id, column]) => [
        id,
        column.to === name
          ? { ...column, to: newName, label: column.label === table.singular ? one : column.label }
          : column,
      ]),
    );
  const tables = Object.fromEntries(
    Object.entries(change.schema.tables).map(([known, old]) =>
      known === name
        ? [
            newName,
            {
              ...old,
              title,
              singular: one,
              columns: pointing(old.columns),
            },
          ]
        : [known, { ...old, columns: pointing(old.columns) }],
    ),
  );
  const { tables: names, columns } = change.renames;
  return {
    ...change,
    schema: { ...change.schema, tables },
    steps: [...change.steps, `Renames the table “${table.title}” to “${title}”.`],
    renames: {
      tables: { ...without(names, name), [newName]: names[name] ?? name },
      columns: {
        ...without(columns, name),
        ...(columns[name] === undefined ? {} : { [newName]: columns[name] }),
      },
    },
  };
};

const remove =
  /^(?:remove|delete|drop) (?:the )?(?:(table|column|field) )?(.+?)(?: (table|column|field))?(?: (?:of|from|in|on) (?:the )?(.+?)(?: table)?)?$/i;

/** “Remove the phone column from customers”. */
export const removeColumn: Rule = (change, request) => {
  const [, kind, words = "", kindAfter, tableWords] = remove.exec(request) ?? [];
  if (words === "" || kind === "table" || kindAfter === "table") return null;
  const found = placeOf(change, words, tableWords);
  if (found === null) return null;
  const { name, table, id, column } = found;
  if (Object.keys(table.columns).length === 1)
    throw refusal(`“${column.label}” is the only column of “${table.title}”. Remove the table instead.`);
  return withTable(
    change,
    name,
    { ...table, columns: without(table.columns, id) },
    {
      steps: [`Removes the column “${column.label}” of “${table.title}”.`],
      loses: [`What is in the column “${column.label}” of “${table.title}”.`],
    },
  );
};

/** “Remove the table suppliers”. The columns that point to it go with it. */
export const removeTable: Rule = (change, request) => {
  const [, , words = "", , inTable] = remove.exec(request) ?? [];
  const [name, table] = inTable === undefined ? (tableNamed(change.schema, words) ?? []) : [];
  if (name === undefined || table === undefined) {
    if (words === "") return null;
    throw refusal(
      `The app has no ${inTable === undefined ? "table" : "column"} “${words}”${inTable === undefined ? "" : ` in “${inTable}”`}.`,
    );
  }
  if (Object.keys(change.schema.tables).length === 1)
    throw refusal(`“${table.title}” is the only table of the app. Delete the app instead.`);
  const pointing = Object.entries(change.schema.tables).flatMap(([other, { title, columns }]) =>
    other === name
      ? []
      : Object.entries(columns)
          .filter(([, { to }]) => to === name)
          .map(([id, { label }]) => ({ other, title, id, label })),
  );
  const begun: AppChange = {
    ...change,
    schema: { ...change.schema, tables: without(change.schema.tables, name) },
    steps: [...change.steps, `Removes the table “${table.title}”.`],
    loses: [...change.loses, `All rows of “${table.title}”.`],
  };
  return pointing.reduce((now, { other, title, id, label }) => {
    const pointed = now.schema.tables[other];
    if (pointed === undefined) return now;
    const columns = without(pointed.columns, id);
    if (Object.keys(columns).length === 0)
      throw refusal(
        `“${title}” has no other column than “${label}”, which would go too. Remove that table first.`,
      );
    return withTable(
      now,
      other,
      { ...pointed, columns },
      {
        steps: [`Removes the column “${label}” of “${title}”, which points to it.`],
        loses: [`What is in the column “${label}” of “${title}”.`],
      },
    );
  }, begun);
};

/** “Change stock of products to a decimal number”, “make phone a text”. */
export const setType: Rule = (change, request) => {
  const [, words = "", tableWords, kind = ""] =
    /^(?:change|make|turn|convert) (?:the )?(?:type of )?(.+?)(?: (?:of|in|on) (?:the )?(.+?))?(?: (?:to|into|be))? (?:an? )?([a-z][a-z/ -]*?)(?: column| field| type)?$/i.exec(
      request,
    ) ?? [];
  const type = typeIn(kind);
  if (type === undefined) return null;
  const found = placeOf(change, words, tableWords);
  if (found === null) return null;
  const { name, table, id, column } = found;
  if (column.type === "reference")
    throw refusal(
      `“${column.label}” of “${table.title}” points to rows. Remove it and add a column instead.`,
    );
  const { options: _, initial: __, ...plain } = column;
  return withTable(
    change,
    name,
    { ...table, columns: { ...table.columns, [id]: { ...plain, type } } },
    { steps: [`Changes “${column.label}” of “${table.title}” from ${column.type} to ${type}.`] },
  );
};

/** “Make phone of customers required”, “make email in customers optional”. */
export const setRequired: Rule = (change, request) => {
  const [, words = "", tableWords, how = ""] =
    /^make (?:the )?(.+?)(?: (?:of|in|on) (?:the )?(.+?))? (required|mandatory|optional)$/i.exec(request) ??
    [];
  if (words === "") return null;
  const found = placeOf(change, words, tableWords);
  if (found === null) return null;
  const { name, table, id, column } = found;
  const required = how.toLowerCase() !== "optional";
  return withTable(
    change,
    name,
    { ...table, columns: { ...table.columns, [id]: { ...column, required } } },
    {
      steps: [
        `“${column.label}” of “${table.title}” ${required ? "must be filled in" : "may be left empty"} from now on.`,
      ],
    },
  );
};

interface Place {
  name: string;
  table: Table;
  id: string;
  column: Column;
}

/** The column that is meant. Without a table it is the only column of that name in the app; null when there is none. */
const placeOf = ({ schema }: AppChange, words: string, tableWords: string | undefined): Place | null => {
  if (tableWords !== undefined) {
    const [name, table] = tableNamed(schema, tableWords) ?? [];
    if (name === undefined || table === undefined) throw refusal(`The app has no table “${tableWords}”.`);
    const [id, column] = columnNamed(table, words) ?? [];
    if (id === undefined || column === undefined)
      throw refusal(
        `“${table.title}” has no column “${words}”. It has ${Object.values(table.columns)
          .map(({ label }) => label)
          .join(", ")}.`,
      );
    return { name, table, id, column };
  }
  if (tableNamed(schema, words) !== undefined) return null;
  const all = Object.entries(schema.tables).flatMap(([name, table]): Place[] => {
    const [id, column] = columnNamed(table, words) ?? [];
    return id === undefined || column === undefined ? [] : [{ name, table, id, column }];
  });
  if (all.length > 1)
    throw refusal(
      `Several tables have a column “${words}”: ${all.map(({ table }) => table.title).join(", ")}. Say which one is meant: “${words} of ${all[0]?.table.title.toLowerCase()}”.`,
    );
  return all[0] ?? null;
};

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([one]) => one !== key));
