import type { Locator } from "playwright-core";
import { type AppSchema, type Column, entered, type Table } from "#apps/runtime/schema.ts";

/** The tables of an app, those that others refer to first. */
export const inOrder = (schema: AppSchema): [string, Table][] => {
  const done: [string, Table][] = [];
  const add = (name: string, via: readonly string[]): void => {
    const table = schema.tables[name];
    if (table === undefined || via.includes(name) || done.some(([one]) => one === name)) return;
    for (const { to } of Object.values(table.columns)) if (to !== undefined) add(to, [...via, name]);
    done.push([name, table]);
  };
  for (const name of Object.keys(schema.tables)) add(name, []);
  return done;
};

/** Something that a person could type into a column; `word` makes it different from others. */
const typed = (column: Column, word: string): string => {
  switch (column.type) {
    case "text":
    case "longtext":
      return `${column.label} ${word}`;
    case "email":
      return `${word.toLowerCase()}@example.org`;
    case "phone":
      return "+44 20 7946 0018";
    case "url":
      return "https://example.org/";
    case "integer":
      return "3";
    case "decimal":
    case "money":
    case "percent":
      return "12.50";
    case "date":
      return "2026-03-01";
    case "timestamp":
      return "2026-03-01T19:30";
    case "boolean":
    case "reference":
      return "";
    default:
      return column.type satisfies never;
  }
};

/** Fills in every input of a form, as a person would. */
export const fillForm = async (form: Locator, table: Table, word: string): Promise<void> => {
  for (const [id, column] of entered(table)) {
    const input = form.locator(`[name="${id}"]:not([type="hidden"])`);
    if (column.type === "boolean") await input.check();
    else if (column.options !== undefined) await input.selectOption(column.options[0] ?? "");
    else if (column.to !== undefined) await input.selectOption({ index: 1 });
    else await input.fill(typed(column, word));
  }
};
