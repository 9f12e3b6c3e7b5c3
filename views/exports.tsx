import { type Export, type ExportStatus, exportStatuses } from "#core/exports.ts";
import type { Kept } from "#core/kept.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { DeleteChosen, DeletedFiles } from "./delete-chosen.tsx";
import { bytesText } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { KeepForm, KeptLists, ListQuery } from "./kept.tsx";
import { ExportBadge } from "./parts/badge.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { filters } from "./parts/htmx.ts";
import { LiveList } from "./parts/live-list.tsx";
import { Paging } from "./parts/paging.tsx";
import { ConfirmButton, once, PostButton } from "./parts/post-button.tsx";
import { exportWords } from "./words.ts";

/** An export with what whoever looks may do with it. */
export interface ExportRowProps {
  row: Export;
  may: { open: boolean; anew: boolean; delete: boolean };
}

export interface ExportsPageProps extends PageProps {
  rows: readonly ExportRowProps[];
  next: string | null;
  filter: { search: string; state: ExportStatus | ""; after?: string };
  now: number;
  /** A word for what the rows show; their poll tells it. */
  shown: string;
  /** What people keep. */
  kept: readonly Kept[];
  /** Whoever looks may keep lists. */
  mayKeep: boolean;
  /** What became of the exports that were chosen. */
  told?: { deleted: number; refused: readonly string[] } | undefined;
}

/** Its form sends `search` and `state`; its link to the next page also `after`. */
export const ExportsPage = ({
  user,
  version,
  rows,
  next,
  filter,
  kept,
  mayKeep,
  told,
  now,
  shown,
}: ExportsPageProps) => (
  <Frame title="Exports" user={user} version={version} active="exports" now={now} live>
    <h1>Exports</h1>
    <p class="lead">Every export that was asked for, and the files that were saved on this server.</p>
    {told !== undefined && <DeletedFiles {...told} />}
    <KeptLists kept={kept} of="exports" mayRemove={mayKeep} />
    <search>
      <form
        method="get"
        action={routes.exports.href()}
        class="filters"
        {...filters(routes.exports.href(), "#exports-live")}
      >
        <label>
          <span>Search</span>
          <input
            type="search"
            name="search"
            value={filter.search}
            placeholder="project, file, title"
            autocomplete="off"
          />
        </label>
        <label>
          <span>State</span>
          <select name="state">
            <option value="">Any</option>
            {exportStatuses.map((state) => (
              <option value={state} selected={state === filter.state}>
                {exportWords[state].word}
              </option>
            ))}
          </select>
        </label>
        <noscript>
          <button type="submit" class="button-secondary">
            Show
          </button>
        </noscript>
      </form>
    </search>
    {mayKeep && (
      <div class="list-actions">
        <KeepForm
          action={routes.keepList.href()}
          ask="Keep this list…"
          id="keep-list"
          about="The list as it is filtered now stands above the exports and at home, for all who come here."
          list="exports"
        />
      </div>
    )}
    <ExportsLive rows={rows} next={next} filter={filter} now={now} shown={shown} />
  </Frame>
);

/** The rows, which poll: `shown` is the word for what they show. */
export const ExportsLive = ({
  rows,
  next,
  filter,
  now,
  shown,
}: Pick<ExportsPageProps, "rows" | "next" | "filter" | "now" | "shown">) => (
  <LiveList
    id="exports-live"
    address={routes.exports.href({ ...queryOf(filter), fragment: "live", v: shown })}
  >
    {rows.length === 0 ? (
      <Empty title={isFiltered(filter) ? "No export fits this filter." : "No exports yet."}>
        <p>
          <a href={isFiltered(filter) ? routes.exports.href() : routes.home.href()}>
            {isFiltered(filter) ? "Show all exports" : "Start an export"}
          </a>
        </p>
      </Empty>
    ) : (
      <>
        {rows.some(isDeletable) && <DeleteChosen />}
        <ul class="row-list">
          {rows.map((row) => (
            <ExportRow {...row} now={now} />
          ))}
        </ul>
      </>
    )}
    <ListQuery query={queryOf(filter)} />
    <Paging path={routes.exports.href()} query={queryOf(filter)} next={next} what="exports" />
  </LiveList>
);

const isDeletable = ({ row, may }: ExportRowProps): boolean => may.delete && row.status === "ready";

const isFiltered = ({ search, state }: ExportsPageProps["filter"]): boolean => search !== "" || state !== "";

const queryOf = ({ search, state, after = "" }: ExportsPageProps["filter"]) => ({ search, state, after });

const ExportRow = ({ row, may, now }: ExportRowProps & { now: number }) => (
  <li class="row" id={`export-${row.id}`} hx-ignore>
    <div class="row-main">
      <p class="row-title">
        {isDeletable({ row, may }) && (
          <input
            type="checkbox"
            name="export"
            value={row.id}
            form="chosen"
            id={`chosen-${row.id}`}
            class="run-row-choice"
            aria-label={`Choose ${row.title}`}
            hx-morph-skip
          />
        )}
        <strong>{row.title}</strong> <ExportBadge status={row.status} />
      </p>
      <p class="row-about">{[row.org, row.project, row.analysis].filter((one) => one !== "").join(" / ")}</p>
      {row.fileName !== null && <p class="row-file">{row.fileName}</p>}
      {row.error !== null && <p class="step-error">{row.error}</p>}
      {row.status === "processing" && row.remoteStatus !== null && (
        <p class="row-about">The other side says {row.remoteStatus}</p>
      )}
    </div>
    <p class="row-figures">
      {row.rows !== null && <span>{plural(row.rows, "row")}</span>}
      {row.sizeBytes !== null && <span>{bytesText(row.sizeBytes)}</span>}
      <Ago at={row.readyAt ?? row.createdAt} now={now} />
    </p>
    <div class="row-actions">
      {row.status === "ready" && (
        <a
          class="button button-primary small"
          href={routes.exportFile.href({ id: row.id })}
          download={row.fileName ?? true}
        >
          Download<span class="visually-hidden"> {row.title}</span>
        </a>
      )}
      {row.status === "ready" && (
        <a
          class="button button-outline small"
          href={routes.exportFile.href({ id: row.id }, { for: "spreadsheets" })}
          download
          title="With a byte order mark for accents, and formulas in it switched off"
        >
          For Excel<span class="visually-hidden">: {row.title}</span>
        </a>
      )}
      {may.open && (
        <a class="button button-outline small" href={routes.run.href({ id: row.ownerRunId })}>
          Open the run<span class="visually-hidden"> of {row.title}</span>
        </a>
      )}
      {may.anew && (row.status === "ready" || row.status === "deleted" || row.status === "failed") && (
        <PostButton
          action={routes.clone.href({ id: row.ownerRunId })}
          fields={once}
          label="Export anew"
          about={row.title}
          id={`anew-${row.id}`}
          look="outline"
        />
      )}
      {may.delete && row.status === "ready" && (
        <ConfirmButton
          action={routes.deleteExport.href({ id: row.id })}
          ask="Delete…"
          label="Yes, delete the file"
          about={row.title}
          id={`delete-${row.id}`}
          look="danger"
          confirm={
            <p>The file is deleted from this server. The row stays, so that you know what there was.</p>
          }
        />
      )}
    </div>
  </li>
);
