import { Hono } from "hono";
import { z } from "zod";
import { routes } from "#core/routes.ts";
import { runStates } from "#core/states.ts";
import { RunsPage } from "#views/runs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  state: z.enum(runStates).or(z.literal("")).catch(""),
  workflowId: z.string().catch(""),
  after: z.string().catch(""),
});

/** The list of all runs. */
export const runsPages = (deps: Pick<WebDeps, "engine" | "clock" | "staticFiles">) =>
  new Hono<WebEnv>().get(routes.runs.pattern, async (c) => {
    const filter = query.parse(c.req.query());
    const [page, counts] = await Promise.all([
      deps.engine.runs({
        limit: rowsPerPage,
        ...(filter.search === "" ? {} : { search: filter.search }),
        ...(filter.state === "" ? {} : { states: [filter.state] }),
        ...(filter.workflowId === "" ? {} : { workflowId: filter.workflowId }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      }),
      deps.engine.countRuns(),
    ]);
    return c.html(
      <RunsPage
        {...pageProps(c, deps)}
        {...page}
        filter={filter}
        workflows={deps.engine.workflows}
        counts={counts}
        now={deps.clock.now()}
      />,
    );
  });
