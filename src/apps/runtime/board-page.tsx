import { withQuery } from "./addresses.ts";
import { intoNote } from "./into-note.ts";
import { Page } from "./page.tsx";
import type { Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import { listed, Shown } from "./show.tsx";
import type { Site } from "./site.ts";

/** The rows of one lane, as many as are shown, and how many there are. */
export interface Lane {
  lane: string;
  rows: Row[];
  total: number;
}

interface BoardProps {
  site: Site;
  name: string;
  table: Table;
  lanes: Lane[];
  /** What was done, or what stood in the way. */
  said?: string;
}

export const BoardPage = (props: BoardProps) => (
  <Page site={props.site} title={`${props.table.title} board`} table={props.name}>
    <div class="head">
      <h1>{props.table.title} board</h1>
      <div class="buttons">
        {props.site.mayChange && (
          <a class="button" href={props.site.to.fresh(props.name)}>
            New {props.table.singular.toLowerCase()}
          </a>
        )}
        <a class="button quiet" href={props.site.to.list(props.name)}>
          List
        </a>
      </div>
    </div>
    <Board {...props} />
  </Page>
);

/** The lanes with their cards. Buttons move a card to the lane beside its own; with a mouse it can be dragged into any. */
export const Board = ({ site, name, table, lanes, said }: BoardProps) => (
  <div id="board">
    <p aria-live="polite">{said}</p>
    <div class="board">
      {lanes.map(({ lane, rows, total }, at) => (
        <section class="lane" data-lane={lane} aria-labelledby={`lane-${at}`}>
          <h2 id={`lane-${at}`}>
            {lane === "" ? "None yet" : lane} <small>{total}</small>
          </h2>
          {rows.map((row) => (
            <Card
              site={site}
              name={name}
              table={table}
              row={row}
              before={laneAt(table, lanes[at - 1])}
              after={laneAt(table, lanes[at + 1])}
            />
          ))}
          {total > rows.length && (
            <p>
              <a href={withQuery(site.to.list(name), { [table.board ?? ""]: lane })}>
                All {total} in “{lane}”
              </a>
            </p>
          )}
        </section>
      ))}
    </div>
  </div>
);

// Rows may stand in lanes that the table no longer has: nothing can be moved there.
const laneAt = (table: Table, lane: Lane | undefined): string | undefined =>
  table.columns[table.board ?? ""]?.options?.find((one) => one === lane?.lane);

interface CardProps {
  site: Site;
  name: string;
  table: Table;
  row: Row;
  before: string | undefined;
  after: string | undefined;
}

const Card = ({ site, name, table, row, before, after }: CardProps) => (
  <article class="card" id={`card-${row.id}`} draggable={site.mayChange}>
    <h3>
      <a href={site.to.row(name, row.id)} draggable="false">
        {row.name}
      </a>
    </h3>
    <ul>
      {listed(table)
        .filter(([id]) => id !== table.name && id !== table.board && row.values[id] !== null)
        .slice(0, 3)
        .map(([id, column]) => (
          <li>
            <small>{column.label}</small> <Shown to={site.to} column={column} id={id} row={row} />
          </li>
        ))}
    </ul>
    {site.mayChange && <Moves site={site} name={name} row={row} before={before} after={after} />}
  </article>
);

const Moves = ({ site, name, row, before, after }: Omit<CardProps, "table">) => (
  <form
    method="post"
    action={site.to.move(name, row.id)}
    hx-post={site.to.move(name, row.id)}
    hx-target="#board"
    hx-swap="outerHTML"
    {...intoNote}
    class="buttons"
  >
    <input type="hidden" name="updated_at" value={row.updated_at} />
    {[
      { lane: before, id: `back-${row.id}`, sign: "←", to: "back to" },
      { lane: after, id: `on-${row.id}`, sign: "→", to: "to" },
    ].map(
      ({ lane, id, sign, to }) =>
        lane !== undefined && (
          <button
            type="submit"
            name="lane"
            value={lane}
            id={id}
            class="quiet"
            aria-label={`Move ${row.name} ${to} ${lane}`}
          >
            {sign} {lane}
          </button>
        ),
    )}
  </form>
);
