import type { Fact } from "#core/form.ts";

/** Numbers stand right-aligned under each other. */
export const cellClass = (cell: string): string | undefined =>
  /^[-+~≈]?[\d.,\s]+(\s?(%|[kMGT]?B|s|ms|min|h))?$/.test(cell) && cell.trim() !== "" ? "number" : undefined;

/** A table that scrolls inside itself, never the page. What it shows comes from elsewhere. */
export const TableView = ({ caption, head, rows }: TableProps) => (
  <section class="scroll-box" tabindex={0} aria-label={caption} hx-ignore>
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
              <td class={cellClass(cell)}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

interface TableProps {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
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
