import type { HistoryEntry } from "./history.ts";
import { findRow } from "./rows.ts";
import type { Table } from "./schema.ts";
import { Moment } from "./show.tsx";
import type { Site } from "./site.ts";
import { spoken } from "./spoken.ts";
import type { Value } from "./value.ts";

const words = {
  added: "added it",
  changed: "changed it",
  deleted: "deleted it",
  restored: "brought it back",
} as const satisfies Record<HistoryEntry["kind"], string>;

/** Who did what to a row, the newest first. */
export const HistoryList = ({
  site,
  table,
  entries,
}: {
  site: Site;
  table: Table;
  entries: readonly HistoryEntry[];
}) =>
  entries.length === 0 ? null : (
    <section>
      <h2>History</h2>
      <ul class="card links">
        {entries.map(({ at, by, kind, before, after }) => (
          <li>
            <small>
              <Moment at={at} />
            </small>{" "}
            {by === "" ? "Somebody" : by} {words[kind]}
            {Object.keys(after).map((id) => (
              <>
                {"; "}
                {table.columns[id]?.label ?? id}: {said(site, table, id, before[id] ?? null)} →{" "}
                {said(site, table, id, after[id] ?? null)}
              </>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );

const said = (site: Site, table: Table, id: string, value: Value): string => {
  const column = table.columns[id];
  if (value === null || column === undefined) return String(value ?? "nothing");
  if (column.to === undefined) return spoken(column, value);
  const there = Object.hasOwn(site.schema.tables, column.to) ? findRow(site, column.to, String(value)) : null;
  return there?.name ?? "a row that is gone";
};
