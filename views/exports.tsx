import { type Export, type ExportStatus, exportStatuses } from "#core/exports.ts";
import { routes } from "#core/routes.ts";
import { bytesText, plural } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { ExportBadge } from "./parts/badge.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { filters } from "./parts/htmx.ts";
import { LiveList } from "./parts/live-list.tsx";
import { Paging } from "./parts/paging.tsx";
import { ConfirmButton, PostButton } from "./parts/post-button.tsx";
import { exportWords } from "./words.ts";

export interface ExportsPageProps extends PageProps {
  rows: readonly Export[];
  next: string | null;
  filter: { search: string; status: ExportStatus | ""; after?: string };
  now: number;
  /** A word for what the rows show; their poll tells it. */
  shown: string;
  /** The workflow that makes an export of this provider, for "export anew". */
  workflowOf?: (provider: string) => string | null;
}

/** Its form sends `search` and `status`; its link to the next page also `after`. */
export const ExportsPage = ({
  user,
  version,
  rows,
  next,
  filter,
  now,
  shown,
  workflowOf,
}: ExportsPageProps) => (
  <Frame title="Exports" user={user} version={version} active="exports" now={now} live>
    <h1>Exports</h1>
    <p class="lead">Every export that was asked for, and the files that were saved on this server.</p>
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
          <span>Status</span>
          <select name="status">
            <option value="">Any</option>
            {exportStatuses.map((status) => (
              <option value={status} selected={status === filter.status}>
                {exportWords[status].word}
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
    <ExportsLive rows={rows} next={next} filter={filter} now={now} workflowOf={workflowOf} shown={shown} />
  </Frame>
);

/** The rows, which poll: `shown` is the word for what they show. */
export const ExportsLive = ({
  rows,
  next,
  filter,
  now,
  workflowOf,
  shown,
}: Pick<ExportsPageProps, "rows" | "next" | "filter" | "now" | "workflowOf" | "shown">) => (
  <LiveList
    id="exports-live"
    address={routes.exports.href({ ...queryOf(filter), fragment: "live", v: shown })}
  >
    {rows.length === 0 ? (
      <Empty
        title={
          filter.search !== "" || filter.status !== "" ? "No export fits this filter." : "No exports yet."
        }
      >
        <p>
          <a href={filter.search !== "" || filter.status !== "" ? routes.exports.href() : routes.home.href()}>
            {filter.search !== "" || filter.status !== "" ? "Show all exports" : "Start an export"}
          </a>
        </p>
      </Empty>
    ) : (
      <ul class="row-list">
        {rows.map((row) => (
          <ExportRow row={row} now={now} workflowId={workflowOf?.(row.provider) ?? null} />
        ))}
      </ul>
    )}
    <Paging path={routes.exports.href()} query={queryOf(filter)} next={next} what="exports" />
  </LiveList>
);

const queryOf = ({ search, status, after = "" }: ExportsPageProps["filter"]) => ({ search, status, after });

const ExportRow = ({ row, now, workflowId }: { row: Export; now: number; workflowId: string | null }) => (
  <li class="row" id={`export-${row.id}`} hx-ignore>
    <div class="row-main">
      <p class="row-title">
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
      <a class="button button-outline small" href={routes.run.href({ id: row.ownerRunId })}>
        Open the run<span class="visually-hidden"> of {row.title}</span>
      </a>
      {workflowId !== null &&
        (row.status === "ready" || row.status === "deleted" || row.status === "failed") && (
          <PostButton
            action={routes.clone.href({ id: row.ownerRunId })}
            label="Export anew"
            about={row.title}
            id={`anew-${row.id}`}
            look="outline"
          />
        )}
      {row.status === "ready" && (
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
