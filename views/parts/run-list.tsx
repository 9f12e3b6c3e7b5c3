import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import { durationText } from "#views/clock-words.js";
import { RunBadge } from "./badge.tsx";
import { Ago, Since } from "./clock.tsx";
import { ConfirmButton, once, PostButton } from "./post-button.tsx";
import { ProgressBar } from "./progress-bar.tsx";

/** Runs, one a row on a desktop, one a card on a phone. */
export const RunList = ({ rows, now, id, chosenBy, brief = false }: RunListProps) => (
  <ul class={brief ? "run-list brief" : "run-list"} id={id}>
    {rows.map((row) => (
      <RunRow row={row} now={now} id={`${id}-${row.id}`} chosenBy={chosenBy} />
    ))}
  </ul>
);

interface RunListProps {
  rows: readonly RunSummary[];
  now: number;
  id: string;
  /** The form that does something with those that are ticked. */
  chosenBy?: string | undefined;
  /** On a phone only the first is whole; the others say what they are, how they stand and since when. */
  brief?: boolean;
}

const RunRow = ({ row, now, id, chosenBy }: Omit<RunListProps, "rows" | "brief"> & { row: RunSummary }) => (
  <li id={id} class="run-row" data-key={id} data-state={row.state} hx-ignore>
    <div class="run-row-name">
      {chosenBy !== undefined && (row.may.cancel || row.may.delete) && (
        <input
          type="checkbox"
          name="run"
          value={row.id}
          form={chosenBy}
          id={`${id}-chosen`}
          class="run-row-choice"
          aria-label={`Choose ${row.title} #${row.number}`}
          data-key-press="x"
          hx-morph-skip
        />
      )}
      <a href={routes.run.href({ id: row.id })} class="run-row-link">
        {row.title} <span class="run-number">#{row.number}</span>
      </a>
      <span class="run-row-subject">{row.subject}</span>
    </div>
    <div class="run-row-state">
      <RunBadge run={row} />
    </div>
    <div class="run-row-now">
      {!isOver(row.state) && (row.percentKnown || row.state !== "asking") && (
        <ProgressBar
          percent={row.percentKnown ? row.percent : null}
          label={`How far ${row.title} is`}
          still={row.state === "paused"}
        />
      )}
      <span>
        {!isOver(row.state) && row.percentKnown && <span class="number">{row.percent} % · </span>}
        {row.error ?? row.now}
      </span>
    </div>
    <div class="run-row-time">
      <RowTime row={row} now={now} />
    </div>
    <div class="run-row-actions">
      <RowActions row={row} id={id} />
    </div>
  </li>
);

/** What one most likely wants to do with it, without opening it. */
const RowActions = ({ row, id }: { row: RunSummary; id: string }) => {
  const about = `${row.title} #${row.number}`;
  return (
    <>
      {row.fileOf !== null && (
        <a
          class="button button-outline small"
          href={routes.exportFile.href({ id: row.fileOf })}
          data-key-press="d"
        >
          Download<span class="visually-hidden"> the file of {about}</span>
        </a>
      )}
      {row.may.clone && (
        <PostButton
          action={routes.clone.href({ id: row.id })}
          fields={once}
          label="Again"
          id={`${id}-again`}
          look="outline"
          about={about}
          press="a"
        />
      )}
      {row.may.cancel && (
        <ConfirmButton
          action={routes.control.cancel.href({ id: row.id })}
          ask="Cancel…"
          label="Yes, cancel this run"
          id={`${id}-cancel`}
          look="danger"
          about={about}
          confirm={<p>What is going on now is stopped. What is done stays done.</p>}
        />
      )}
    </>
  );
};

const RowTime = ({ row, now }: { row: RunSummary; now: number }) => {
  if (row.endedAt !== null)
    return (
      <>
        <Ago at={row.endedAt} now={now} />
        {row.startedAt !== null && <small>took {durationText(row.endedAt - row.startedAt)}</small>}
      </>
    );
  if (row.askedAt !== null)
    return (
      <>
        asks for <Since at={row.askedAt} now={now} />
        {row.startedAt !== null && (
          <small>
            started <Ago at={row.startedAt} now={now} />
          </small>
        )}
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
