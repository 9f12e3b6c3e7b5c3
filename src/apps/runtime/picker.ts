import type { Choices } from "./field.tsx";
import { type AppData, choices, type FindNamed, findRow, namedRows, tableOf } from "./rows.ts";

/** Up to so many rows stand in a select; more are found by typing. */
const mostInSelect = 100;

/** The rows that a reference to `table` may point to, with the one that it points to now among them. */
export const choicesOf = (data: AppData, table: string, chosen: string): Choices => {
  const rows = choices(data, table, "", mostInSelect + 1);
  const more = rows.length > mostInSelect;
  if (!more || chosen === "" || rows.some(({ id }) => id === chosen)) return { rows, more };
  const row = findRow(data, table, chosen);
  return { rows: row === null ? rows : [{ id: row.id, name: row.name }, ...rows], more };
};

/**
 * The form with references as ids, whether a person chose or typed a name. A name that fits no row, or several, is a problem, told as
 * a whole sentence.
 */
export const withIds = <Text extends string | undefined>(
  data: AppData,
  name: string,
  sent: Readonly<Record<string, Text>>,
  find: FindNamed = (table, words) => namedRows(data, table, words),
): { sent: Record<string, Text | string>; problems: Record<string, string> } => {
  const answer = {
    sent: { ...sent } as Record<string, Text | string>,
    problems: {} as Record<string, string>,
  };
  for (const [id, { to, label }] of Object.entries(tableOf(data.schema, name).columns)) {
    const text = sent[id]?.trim();
    if (to === undefined || text === undefined || text === "") continue;
    const ids = find(to, / \[([^[\]]+)\]$/.exec(text)?.[1] ?? text);
    const kind = tableOf(data.schema, to);
    if (ids.length === 1 && ids[0] !== undefined) answer.sent[id] = ids[0];
    else if (ids.length === 0)
      answer.problems[id] = `“${label}” does not know a ${kind.singular.toLowerCase()} “${text}”.`;
    else
      answer.problems[id] =
        `“${label}” could be several ${kind.title.toLowerCase()} called “${text}”. Choose one from the list.`;
  }
  return answer;
};
