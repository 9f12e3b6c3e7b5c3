import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import type { RunState } from "#core/states.ts";
import { HomeAnew, HomePage, homeVersion } from "#views/home.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { Counters } from "#web/live/counters.ts";
import { answerFragment } from "#web/live/fragment.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";

const groups = {
  running: { states: ["running", "waiting", "queued", "undoing"], limit: 50 },
  needsYou: { states: ["asking", "paused"], limit: 50 },
  recent: { states: ["completed", "failed", "cancelled", "undone"], limit: 10 },
} as const satisfies Record<string, { states: readonly RunState[]; limit: number }>;

export const homePages = (
  deps: Pick<WebDeps, "engine" | "clock" | "staticFiles" | "refusedWorkflows">,
  renderings: Renderings,
  counters: Counters,
) => {
  const lists = createLists(deps);
  return new Hono<WebEnv>().get(routes.home.pattern, async (c) => {
    const all = await lists();
    const now = deps.clock.now();
    if (c.req.query("fragment") !== "live")
      return c.html(
        <HomePage
          {...pageProps(c, deps)}
          {...all}
          workflows={deps.engine.workflows}
          refused={deps.refusedWorkflows}
          now={now}
        />,
      );
    const version = homeVersion(all);
    if (c.req.query("v") === version) {
      counters.pollsUnchanged += 1;
      return c.body(null, 204);
    }
    counters.pollsChanged += 1;
    const fragment = await renderings.once("home", version, async () =>
      String(<HomeAnew {...all} now={now} />),
    );
    return answerFragment(c, fragment);
  });
};

/** The lists of runs, read again only after some run has changed. */
const createLists = ({ engine }: Pick<WebDeps, "engine">) => {
  const read = async () => {
    const [running, needsYou, recent] = await Promise.all([
      engine.runs(groups.running),
      engine.runs(groups.needsYou),
      engine.runs(groups.recent),
    ]);
    return { running: running.rows, needsYou: needsYou.rows, recent: recent.rows };
  };
  let reading: ReturnType<typeof read> | null = null;
  engine.listen(() => {
    reading = null;
  });
  return () => {
    const mine = reading ?? read();
    reading = mine;
    mine.catch(() => {
      if (reading === mine) reading = null;
    });
    return mine;
  };
};
