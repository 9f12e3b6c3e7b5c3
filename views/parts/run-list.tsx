import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import { durationText } from "#views/clock-words.js";
import { visibleText } from "#views/format.ts";
import { RunBadge } from "./badge.tsx";
import { Ago, Since } from "./clock.tsx";
import { ProgressBar } from "./progress-bar.tsx";

/** Runs, one a row on a desktop, one a card on a phone. */
export const RunList = ({ rows, now, id }: { rows: readonly RunSummary[]; now: number; id: string }) => (
  <ul class="run-list" id={id}>
    {rows.map((row) => (
      <RunRow row={row} now={now} id={`${id}-${row.id}`} />
    ))}
  </ul>
);

const RunRow = ({ row, now, id }: { row: RunSummary; now: number; id: string }) => (
  <li id={id} class="run-row" data-key={id} data-state={row.state} hx-ignore>
    <div class="run-row-name">
      <a href={routes.run.href({ id: row.id })} class="run-row-link">
        {visibleText(row.title)} <span class="run-number">#{row.number}</span>
      </a>
      <span class="run-row-subject">{visibleText(row.subject)}</span>
    </div>
    <div class="run-row-state">
      <RunBadge run={row} />
    </div>
    <div class="run-row-now">
      {!isOver(row.state) && (
        <ProgressBar percent={row.percentKnown ? row.percent : null} label={`How far ${row.title} is`} />
      )}
      <span>
        {!isOver(row.state) && row.percentKnown && <span class="number">{row.percent} % · </span>}
        {visibleText(row.error ?? row.now)}
      </span>
    </div>
    <div class="run-row-time">
      <RowTime row={row} now={now} />
    </div>
  </li>
);

const RowTime = ({ row, now }: { row: RunSummary; now: number }) => {
  if (row.endedAt !== null)
    return (
      <>
        <Ago at={row.endedAt} now={now} />
        {row.startedAt !== null && <small>took {durationText(row.endedAt - row.startedAt)}</small>}
      </>
    );
  return row.startedAt === null ? (
    <Ago at={row.createdAt} now={now} />
  ) : (
    <>
      <Since at={row.startedAt} now={now} />
      <small>
        started <Ago at={row.startedAt} now={now} />
      </small>
    </>
  );
};
