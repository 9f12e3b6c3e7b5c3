import { type Context, Hono } from "hono";
import { z } from "zod";
import { textsOf } from "#core/form.ts";
import { boundsOf, periodNames } from "#core/period.ts";
import { can, type Doer, hiddenFrom } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { runStates } from "#core/states.ts";
import { RunsLive, RunsPage } from "#views/runs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createLiveLists, type ListChanges } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";
import { hiddenIn, keptIn, workflowsIn } from "#web/seen.ts";
import { rowsFor } from "#web/seen-rows.ts";
import { type Cancelled, cancelRuns } from "./cancel-runs.ts";
import { sentForm } from "./sent-form.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  state: z.enum(runStates).or(z.literal("")).catch(""),
  workflowId: z.string().catch(""),
  period: z.enum(periodNames).or(z.literal("")).catch(""),
  from: z.string().catch(""),
  to: z.string().catch(""),
  zone: z.string().catch(""),
  after: z.string().catch(""),
});
const names = Object.keys(query.shape);

type RunsDeps = Pick<WebDeps, "engine" | "store" | "clock" | "staticFiles">;

/** The minutes by which the asker's clock is ahead of UTC. */
const zoneOf = (text: string): number => (/^-?\d{1,3}$/.test(text) ? Number(text) : 0);

/** The list of all runs, and how it is kept fresh. */
export const createRuns = (deps: RunsDeps, renderings: Renderings, changes: ListChanges) => {
  const { engine, clock } = deps;
  const lists = createLiveLists<Awaited<ReturnType<typeof engine.runs>>>(changes);
  const list = (filter: z.infer<typeof query>, hidden: readonly string[]) => {
    const { since, until } = boundsOf(filter, clock.now(), zoneOf(filter.zone));
    return lists(JSON.stringify({ ...filter, since, hidden }), () =>
      engine.runs({
        limit: rowsPerPage,
        hidden,
        ...(filter.search === "" ? {} : { search: filter.search }),
        ...(filter.state === "" ? {} : { states: [filter.state] }),
        ...(filter.workflowId === "" ? {} : { workflowId: filter.workflowId }),
        ...(since === null ? {} : { since }),
        ...(until === null ? {} : { until }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      }),
    );
  };
  const listFor = async (who: Doer, filter: z.infer<typeof query>) => {
    const { read, version } = await list(filter, hiddenFrom(who));
    const { rows, permits } = rowsFor(who, read.rows);
    return { rows, next: read.next, version: `${version}${permits}` };
  };
  const poll: Poll = {
    route: routes.runs,
    isPoll: (told) => told("fragment") === "live",
    lacks: async (_, told, who) => {
      const filter = query.parse(Object.fromEntries(names.map((name) => [name, told(name)])));
      const { rows, next, version } = await listFor(who, filter);
      if (told("v") === version) return null;
      const shown = { rows, next, filter, shown: version, mayStart: can(who, "run", null) };
      const subject = `runs ${JSON.stringify({ ...filter, hidden: hiddenFrom(who) })} ${shown.mayStart}`;
      return renderings.once(subject, version, async () => String(<RunsLive {...shown} now={clock.now()} />));
    },
  };
  const page = async (c: Context<WebEnv>, told?: Cancelled) => {
    const filter = query.parse(c.req.query());
    const who = c.get("identity");
    const [{ rows, next, version }, counts, kept] = await Promise.all([
      listFor(who, filter),
      engine.countRuns(hiddenIn(c)),
      keptIn(c, deps),
    ]);
    return c.html(
      <RunsPage
        {...pageProps(c, deps)}
        rows={rows}
        next={next}
        mayStart={can(who, "run", null)}
        shown={version}
        filter={filter}
        workflows={workflowsIn(c, deps)}
        counts={counts}
        kept={kept}
        told={told}
        now={clock.now()}
      />,
    );
  };
  const pages = new Hono<WebEnv>()
    .get(routes.runs.pattern, (c) => page(c))
    .post(routes.cancelRuns.pattern, async (c) => {
      const { values } = await sentForm(c);
      return page(c, await cancelRuns(deps, textsOf(values, "run"), c.get("identity")));
    });
  return { poll, pages };
};
