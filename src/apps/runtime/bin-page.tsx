import { binDays, type HistoryEntry } from "./history.ts";
import { Page } from "./page.tsx";
import { Moment } from "./show.tsx";
import type { Site } from "./site.ts";

/** What was deleted and can be brought back. */
export const BinPage = ({ site, entries }: { site: Site; entries: readonly HistoryEntry[] }) => (
  <Page site={site} title="Bin">
    <h1>Bin</h1>
    <p>What is deleted stays here for {binDays} days.</p>
    {entries.length === 0 ? (
      <p class="empty">The bin is empty.</p>
    ) : (
      <div class="scroll">
        <table>
          <caption class="hidden">Deleted rows</caption>
          <thead>
            <tr>
              {["What", "Table", "Deleted", "By"].map((word) => (
                <th scope="col">{word}</th>
              ))}
              <th scope="col">
                <span class="hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ seq, name, table, at, by }) => (
              <tr>
                <th scope="row">{name}</th>
                <td data-label="Table">{site.schema.tables[table]?.title}</td>
                <td data-label="Deleted">
                  <Moment at={at} />
                </td>
                <td data-label="By">{by === "" ? "–" : by}</td>
                <td class="actions">
                  <form method="post" action={site.to.restore(seq)}>
                    <button type="submit" class="quiet" aria-label={`Bring back ${name}`}>
                      Bring back
                    </button>
                  </form>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </Page>
);
