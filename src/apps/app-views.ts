import type { AppSchema } from "#apps/runtime/schema.ts";

/** A page of an app that can be looked at before there is any row. */
export interface AppView {
  /** "Customer list", "Repair board" */
  title: string;
  /** Below the app's own address. */
  path: string;
  /** What the page must say, so that an empty page or another one does not pass. */
  says: string;
}

/** Every view of an app: its start page, and for each table its list, its form and, where it has one, its board. */
export const viewsOf = ({ title, tables }: AppSchema): AppView[] => [
  { title: "Start page", path: "", says: title },
  ...Object.entries(tables).flatMap(([name, table]): AppView[] => [
    { title: `${table.singular} list`, path: name, says: table.title },
    { title: `${table.singular} form`, path: `${name}/new`, says: firstLabel(table) },
    ...(table.board === null
      ? []
      : [
          {
            title: `${table.singular} board`,
            path: `${name}/board`,
            says: table.columns[table.board]?.options?.[0] ?? table.title,
          },
        ]),
  ]),
];

const firstLabel = ({ title, columns }: AppSchema["tables"][string]): string =>
  Object.values(columns)[0]?.label ?? title;
