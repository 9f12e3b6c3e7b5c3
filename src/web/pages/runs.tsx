import { Hono } from "hono";
import { z } from "zod";
import { routes } from "#core/routes.ts";
import { runStates } from "#core/states.ts";
import { RunsLive, RunsPage } from "#views/runs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createLiveLists } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  state: z.enum(runStates).or(z.literal("")).catch(""),
  workflowId: z.string().catch(""),
  after: z.string().catch(""),
});
const names = Object.keys(query.shape);

type RunsDeps = Pick<WebDeps, "engine" | "clock" | "staticFiles">;

/** The list of all runs, and how it is kept fresh. */
export const createRuns = (deps: RunsDeps, renderings: Renderings) => {
  const { engine, clock } = deps;
  const lists = createLiveLists<Awaited<ReturnType<typeof engine.runs>>>(engine);
  const list = (filter: z.infer<typeof query>) =>
    lists(JSON.stringify(filter), () =>
      engine.runs({
        limit: rowsPerPage,
        ...(filter.search === "" ? {} : { search: filter.search }),
        ...(filter.state === "" ? {} : { states: [filter.state] }),
        ...(filter.workflowId === "" ? {} : { workflowId: filter.workflowId }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      }),
    );
  const poll: Poll = {
    route: routes.runs,
    isPoll: (told) => told("fragment") === "live",
    lacks: async (_, told) => {
      const filter = query.parse(Object.fromEntries(names.map((name) => [name, told(name)])));
      const { read, version } = await list(filter);
      if (told("v") === version) return null;
      return renderings.once(`runs ${JSON.stringify(filter)}`, version, async () =>
        String(<RunsLive {...read} filter={filter} shown={version} now={clock.now()} />),
      );
    },
  };
  const pages = new Hono<WebEnv>().get(routes.runs.pattern, async (c) => {
    const filter = query.parse(c.req.query());
    const [{ read, version }, counts] = await Promise.all([list(filter), engine.countRuns()]);
    return c.html(
      <RunsPage
        {...pageProps(c, deps)}
        {...read}
        shown={version}
        filter={filter}
        workflows={engine.workflows}
        counts={counts}
        now={clock.now()}
      />,
    );
  });
  return { poll, pages };
};
