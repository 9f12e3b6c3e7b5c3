import type { Kept } from "#core/kept.ts";
import { type ChosenTime, periodNames, periods } from "#core/period.ts";
import type { RunSummary } from "#core/picture.ts";
import { countText } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { type RunState, runStates } from "#core/states.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { KeepForm, KeptLists, ListQuery } from "./kept.tsx";
import { Empty } from "./parts/empty.tsx";
import { filters } from "./parts/htmx.ts";
import { LiveList } from "./parts/live-list.tsx";
import { Notice } from "./parts/notice.tsx";
import { Paging } from "./parts/paging.tsx";
import { RunList } from "./parts/run-list.tsx";
import { runWords } from "./words.ts";

export interface RunsFilter extends ChosenTime {
  search: string;
  state: RunState | "";
  workflowId: string;
  /** Minutes by which the days of its reader are ahead of UTC; empty: days are those of UTC. */
  zone: string;
  after?: string;
}

export interface RunsPageProps extends PageProps {
  rows: readonly RunSummary[];
  next: string | null;
  filter: RunsFilter;
  workflows: readonly { id: string; title: string }[];
  counts: Readonly<Record<RunState, number>>;
  /** What people keep. */
  kept: readonly Kept[];
  /** Whoever looks may start and keep things, and choose runs to cancel. */
  mayStart: boolean;
  /** What became of the runs that were chosen. */
  told?: { cancelled: number; refused: readonly string[] } | undefined;
  now: number;
  /** A word for what the rows show; their poll tells it. */
  shown: string;
}

/** Its form sends what `RunsFilter` has but `after`; its link to the next page also `after`. */
export const RunsPage = ({
  user,
  version,
  rows,
  next,
  filter,
  workflows,
  counts,
  kept,
  mayStart,
  told,
  now,
  shown,
}: RunsPageProps) => (
  <Frame title="Runs" user={user} version={version} active="runs" now={now} live>
    <h1>Runs</h1>
    {told !== undefined && <Told {...told} />}
    <KeptLists kept={kept} of="runs" mayRemove={mayStart} />
    <search>
      <form
        method="get"
        action={routes.runs.href()}
        class="filters"
        {...filters(routes.runs.href(), "#runs-live")}
      >
        <label>
          <span>Search</span>
          <input
            type="search"
            name="search"
            value={filter.search}
            placeholder="title or subject"
            autocomplete="off"
          />
        </label>
        <label>
          <span>State</span>
          <select name="state">
            <option value="">Any</option>
            {runStates.map((state) => (
              <option value={state} selected={state === filter.state}>
                {runWords[state].word} ({countText(counts[state])})
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Workflow</span>
          <select name="workflowId">
            <option value="">Any</option>
            {workflows.map((workflow) => (
              <option value={workflow.id} selected={workflow.id === filter.workflowId}>
                {workflow.title}
              </option>
            ))}
          </select>
        </label>
        <TimeFilter filter={filter} />
        <noscript>
          <button type="submit" class="button-secondary">
            Show
          </button>
        </noscript>
      </form>
    </search>
    {mayStart && <ListActions />}
    <RunsLive rows={rows} next={next} filter={filter} now={now} shown={shown} mayStart={mayStart} />
  </Frame>
);

const ListActions = () => (
  <div class="list-actions">
    <form method="post" action={routes.cancelRuns.href()} id="chosen" class="inner-buttons">
      <details class="confirm" name="confirm">
        <summary class="button-outline">Cancel the chosen…</summary>
        <div class="confirm-card">
          <p>
            Each run that is ticked below is cancelled: what is going on is stopped, what is done stays done.
          </p>
          <button type="submit" class="button-danger">
            Yes, cancel them
          </button>
        </div>
      </details>
      <button type="submit" class="button-outline" formaction={routes.deleteRuns.href()} id="delete-chosen">
        Delete the chosen…
      </button>
    </form>
    <KeepForm
      action={routes.keepList.href()}
      ask="Keep this list…"
      id="keep-list"
      about="The list as it is filtered now stands above the runs and at home, for all who come here."
      list="runs"
    />
  </div>
);

/** The rows, which poll: `shown` is the word for what they show. */
export const RunsLive = ({
  rows,
  next,
  filter,
  now,
  shown,
  mayStart,
}: Pick<RunsPageProps, "rows" | "next" | "filter" | "now" | "shown" | "mayStart">) => (
  <LiveList id="runs-live" address={routes.runs.href({ ...queryOf(filter), fragment: "live", v: shown })}>
    {rows.length === 0 ? (
      <NoRuns filtered={Object.values({ ...filter, zone: "" }).some((one) => one !== "")} />
    ) : (
      <RunList rows={rows} now={now} id="runs" chosenBy={mayStart ? "chosen" : undefined} />
    )}
    <ListQuery query={queryOf(filter)} />
    <Paging path={routes.runs.href()} query={queryOf(filter)} next={next} what="runs" />
  </LiveList>
);

const queryOf = ({ search, state, workflowId, period, from, to, zone, after = "" }: RunsFilter) => ({
  search,
  state,
  workflowId,
  period,
  from,
  to,
  // It says nothing where no day is chosen.
  zone: from === "" && to === "" ? "" : zone,
  after,
});

const TimeFilter = ({ filter: { period, from, to, zone } }: Pick<RunsPageProps, "filter">) => (
  <>
    <label>
      <span>Started</span>
      <select name="period">
        <option value="">At any time</option>
        {periodNames.map((name) => (
          <option value={name} selected={name === period}>
            {periods[name].word}
          </option>
        ))}
      </select>
    </label>
    <label>
      <span>From day</span>
      <input type="date" name="from" value={from} />
    </label>
    <label>
      <span>To day</span>
      <input type="date" name="to" value={to} />
    </label>
    <input type="hidden" name="zone" value={zone} data-zone />
  </>
);

const Told = ({ cancelled, refused }: NonNullable<RunsPageProps["told"]>) => (
  <Notice
    tone={refused.length === 0 ? "good" : "attention"}
    title={`${cancelled === 1 ? "One run was" : `${countText(cancelled)} runs were`} told to stop.`}
    id="told"
  >
    {refused.map((why) => (
      <p>{why}</p>
    ))}
  </Notice>
);

const NoRuns = ({ filtered }: { filtered: boolean }) =>
  filtered ? (
    <Empty title="No run fits this filter.">
      <p>
        <a href={routes.runs.href()}>Show all runs</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nothing has run here yet.">
      <p>
        <a href={routes.home.href()}>Start a first run</a>
      </p>
    </Empty>
  );
