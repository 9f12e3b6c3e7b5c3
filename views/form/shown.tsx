import type { Fact } from "#core/form.ts";

/** Numbers stand right-aligned under each other. */
export const cellClass = (cell: string): string | undefined =>
  /^[-+~≈]?[\d.,\s]+(\s?(%|[kMGT]?B|s|ms|min|h))?$/.test(cell) && cell.trim() !== "" ? "number" : undefined;

/** A table that scrolls inside itself, never the page. What it shows comes from elsewhere. */
export const TableView = ({ caption, head, rows, cut = false }: TableProps) => (
  <section class={cut ? "scroll-box cut" : "scroll-box"} tabindex={0} aria-label={caption} hx-ignore>
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((cell, at) => (
            <th scope="col" class={cellClass(rows[0]?.[at] ?? "")}>
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td class={cellClass(cell)} title={cut && cell.length > cutAt ? cell : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

// About as many letters as a cut cell shows.
const cutAt = 40;

interface TableProps {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Each row on one line, long cells cut; the whole cell is its title. */
  cut?: boolean;
}

/** Names and values in pairs. */
export const FactsView = ({ label, facts }: { label?: string; facts: readonly Fact[] }) => (
  <div class="facts-box" hx-ignore>
    {label !== undefined && <p class="facts-label">{label}</p>}
    <dl class="facts">
      {facts.map((fact) => (
        <div>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  </div>
);
