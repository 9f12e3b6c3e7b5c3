import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { type RunState, runStates } from "#core/states.ts";
import { countText } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Empty } from "./parts/empty.tsx";
import { filters } from "./parts/htmx.ts";
import { LiveList } from "./parts/live-list.tsx";
import { Paging } from "./parts/paging.tsx";
import { RunList } from "./parts/run-list.tsx";
import { runWords } from "./words.ts";

export interface RunsPageProps extends PageProps {
  rows: readonly RunSummary[];
  next: string | null;
  filter: { search: string; state: RunState | ""; workflowId: string; after?: string };
  workflows: readonly { id: string; title: string }[];
  counts: Readonly<Record<RunState, number>>;
  now: number;
  /** A word for what the rows show; their poll tells it. */
  shown: string;
}

/** Its form sends `search`, `state`, `workflowId`; its link to the next page also `after`. */
export const RunsPage = ({
  user,
  version,
  rows,
  next,
  filter,
  workflows,
  counts,
  now,
  shown,
}: RunsPageProps) => (
  <Frame title="Runs" user={user} version={version} active="runs" now={now} live>
    <h1>Runs</h1>
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
        <noscript>
          <button type="submit" class="button-secondary">
            Show
          </button>
        </noscript>
      </form>
    </search>
    <RunsLive rows={rows} next={next} filter={filter} now={now} shown={shown} />
  </Frame>
);

/** The rows, which poll: `shown` is the word for what they show. */
export const RunsLive = ({
  rows,
  next,
  filter,
  now,
  shown,
}: Pick<RunsPageProps, "rows" | "next" | "filter" | "now" | "shown">) => (
  <LiveList id="runs-live" address={routes.runs.href({ ...queryOf(filter), fragment: "live", v: shown })}>
    {rows.length === 0 ? (
      <NoRuns filtered={filter.search !== "" || filter.state !== "" || filter.workflowId !== ""} />
    ) : (
      <RunList rows={rows} now={now} id="runs" />
    )}
    <Paging path={routes.runs.href()} query={queryOf(filter)} next={next} what="runs" />
  </LiveList>
);

const queryOf = ({ search, state, workflowId, after = "" }: RunsPageProps["filter"]) => ({
  search,
  state,
  workflowId,
  after,
});

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
