import type { Kept } from "#core/kept.ts";
import type { RunSummary } from "#core/picture.ts";
import type { RefusedWorkflow } from "#core/refused-workflow.ts";
import { routes } from "#core/routes.ts";
import { NewVersion } from "./changes.tsx";
import { FactsView } from "./form/shown.tsx";
import { Frame, type PageProps, windowTitle } from "./frame.tsx";
import { Favourites } from "./kept.tsx";
import { Cards } from "./parts/cards.tsx";
import { Empty } from "./parts/empty.tsx";
import { keptOnErrors, polls } from "./parts/htmx.ts";
import { Notice } from "./parts/notice.tsx";
import { RunList } from "./parts/run-list.tsx";

export interface HomeLists {
  running: readonly RunSummary[];
  needsYou: readonly RunSummary[];
  recent: readonly RunSummary[];
  now: number;
}

export interface WorkflowLink {
  id: string;
  title: string;
  about: string;
}

interface HomePageProps extends PageProps, HomeLists {
  workflows: readonly WorkflowLink[];
  /** What people want at hand. */
  kept: readonly Kept[];
  refused: readonly RefusedWorkflow[];
  /** The version of Milepost, and the one that people knew until now; null: nothing is new. */
  upgraded?: { runs: string; since: string } | null;
}

export const HomePage = ({
  user,
  version,
  warning,
  workflows,
  kept,
  refused,
  upgraded = null,
  ...lists
}: HomePageProps) => (
  <Frame
    title={homeTitle(lists)}
    user={user}
    version={version}
    warning={warning ?? null}
    active="home"
    now={lists.now}
    live
    refreshSeconds={10}
  >
    <h1 class="visually-hidden">Home</h1>
    {upgraded !== null && <NewVersion {...upgraded} />}
    <Favourites kept={kept} titleOf={(id) => workflows.find((one) => one.id === id)?.title ?? id} />
    <div
      class={
        lists.running.length + lists.needsYou.length + lists.recent.length === 0 ? "home" : "home with-runs"
      }
    >
      <HomeLive {...lists} />
      <section class="start" aria-labelledby="start-title">
        <h2 id="start-title">Start</h2>
        <Cards
          cards={favouritesFirst(workflows, kept).map(({ id, title, about }) => ({
            href: routes.workflow.href({ id }),
            title,
            about,
          }))}
        />
        <p class="more">
          <a href={routes.workflows.href()}>All workflows, and how to write your own</a>
        </p>
        {refused.length > 0 && <Refused workflows={refused} />}
      </section>
    </div>
  </Frame>
);

const favouritesFirst = (workflows: readonly WorkflowLink[], kept: readonly Kept[]): WorkflowLink[] => {
  const first = new Set(kept.filter(({ what }) => what.kind === "workflow").map(({ of }) => of));
  return [...workflows.filter(({ id }) => first.has(id)), ...workflows.filter(({ id }) => !first.has(id))];
};

const Refused = ({ workflows }: { workflows: readonly RefusedWorkflow[] }) => (
  <Notice tone="attention" title="Not offered" id="refused">
    <p>
      These workflows could not be used. Once their files are put right and Milepost is started again, they
      are here.
    </p>
    <FactsView facts={workflows.map(({ name, sentence }) => ({ label: name, value: sentence }))} />
  </Notice>
);

/** What a poll brings: the part that polls, and the window's title. */
export const HomeAnew = (lists: HomeLists) => (
  <>
    <title>{windowTitle(homeTitle(lists))}</title>
    <HomeLive {...lists} />
  </>
);

/** The part that polls; `homeVersion` of the same lists is the `v` in its address. */
const HomeLive = ({ running, needsYou, recent, now }: HomeLists) => (
  <div
    id="home-live"
    class="home-live"
    data-live-list
    {...keptOnErrors}
    {...polls(routes.home.href({ fragment: "live", v: homeVersion({ running, needsYou, recent }) }))}
  >
    <p class="freshness" data-lost />
    {running.length + needsYou.length + recent.length === 0 && <FirstSteps />}
    <Part
      title={needsYou.every((row) => !needsReader(row)) ? "Needs an answer" : "Needs you"}
      id="needs-you"
      rows={needsYou}
      now={now}
    />
    <Part title="Running now" id="running" rows={running} now={now} />
    <Part title="Recent" id="recent" rows={recent} now={now} more />
  </div>
);

/** Of each part, so that the next one is in sight however many questions are open. */
const shownAtOnce = 10;

const Part = ({
  title,
  id,
  rows,
  now,
  more = false,
}: {
  title: string;
  id: string;
  rows: readonly RunSummary[];
  now: number;
  more?: boolean;
}) =>
  rows.length === 0 ? null : (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {title} <small class="count">{rows.length}</small>
      </h2>
      <RunList rows={rows.slice(0, shownAtOnce)} now={now} id={id} brief />
      {rows.length > shownAtOnce && (
        <details class="folded" id={`${id}-more`}>
          <summary>{rows.length - shownAtOnce} more</summary>
          <RunList rows={rows.slice(shownAtOnce)} now={now} id={`${id}-others`} brief />
        </details>
      )}
      {more && (
        <p class="more">
          <a href={routes.runs.href()}>All runs</a>
        </p>
      )}
    </section>
  );

const FirstSteps = () => (
  <Empty title="Nothing has run here yet.">
    <p>
      A run is a piece of work in steps that this server does for you. Start one below: you see every step as
      it happens, may close this page at any time, and find the run where it really is when you come back, on
      any device.
    </p>
    <p>
      You need no account for a first try: Milepost brings a sample site of its own. To work with your own
      systems, <a href={routes.connections.href()}>add a connection</a>.
    </p>
  </Empty>
);

/** Whoever reads can answer it, or let it go on. */
const needsReader = ({ state, may }: RunSummary): boolean => may.cancel && (state !== "asking" || may.answer);

const homeTitle = ({ running, needsYou }: Pick<HomeLists, "running" | "needsYou">): string => {
  const mine = needsYou.filter(needsReader).length;
  const parts = [
    mine > 0 && `${mine} ${mine === 1 ? "needs" : "need"} you`,
    running.length > 0 && `${running.length} running`,
  ];
  return parts.filter((part) => part !== false).join(" · ") || "Home";
};

/**
 * Differs whenever `HomeLive` would show something else than clocks: every change of a run makes its `changedAt` later, and whoever may do
 * less sees fewer buttons.
 */
export const homeVersion = ({ running, needsYou, recent }: Omit<HomeLists, "now">): string => {
  const rows = [...running, ...needsYou, ...recent];
  const sum = rows.reduce((all, row) => all + row.changedAt, 0);
  const permits = rows.filter(({ may }) => may.cancel || may.clone).length;
  const mine = rows.filter(({ may }) => may.answer).length;
  return [running.length, needsYou.length, recent.length, sum.toString(36), permits, mine].join(".");
};
