import { Hono } from "hono";
import type { Identity } from "#core/accounts.ts";
import { type Doer, hiddenFrom } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { RunState } from "#core/states.ts";
import { HomeAnew, HomePage, homeVersion } from "#views/home.tsx";
import type { News, WebDeps, WebEnv } from "#web/deps.ts";
import { createLiveLists, type ListChanges } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { mayUse } from "#web/may.ts";
import { pageProps } from "#web/page-props.ts";
import { hiddenIn, keptIn, workflowsIn } from "#web/seen.ts";
import { rowsFor } from "#web/seen-rows.ts";

const groups = {
  running: { states: ["running", "waiting", "queued", "undoing"], limit: 50 },
  needsYou: { states: ["asking", "paused"], limit: 50 },
  recent: { states: ["completed", "failed", "cancelled", "undone"], limit: 10 },
} as const satisfies Record<string, { states: readonly RunState[]; limit: number }>;

type HomeDeps = Pick<WebDeps, "engine" | "store" | "clock" | "staticFiles" | "refusedWorkflows" | "news">;

/** The home page, and how it is kept fresh. */
export const createHome = (deps: HomeDeps, renderings: Renderings, changes: ListChanges) => {
  const kept = createLiveLists<Awaited<ReturnType<typeof readLists>>>(changes);
  const lists = async (who: Doer) => {
    const hidden = hiddenFrom(who);
    const { read } = await kept(`home ${hidden}`, () => readLists(deps, hidden));
    const running = rowsFor(who, read.running);
    const needsYou = rowsFor(who, read.needsYou);
    const recent = rowsFor(who, read.recent);
    const seen = [hidden, running.permits, needsYou.permits, recent.permits].join(" ");
    return { all: { running: running.rows, needsYou: needsYou.rows, recent: recent.rows }, seen };
  };
  const poll: Poll = {
    route: routes.home,
    isPoll: (told) => told("fragment") === "live",
    lacks: async (_, told, who) => {
      const { all, seen } = await lists(who);
      const version = homeVersion(all);
      if (told("v") === version) return null;
      return renderings.once(`home ${seen}`, version, async () =>
        String(<HomeAnew {...all} now={deps.clock.now()} />),
      );
    },
  };
  const pages = new Hono<WebEnv>().get(routes.home.pattern, async (c) => {
    const { all } = await lists(c.get("identity"));
    return c.html(
      <HomePage
        {...pageProps(c, deps)}
        {...all}
        kept={(await keptIn(c, deps)).filter((one) => mayUse(c.get("identity"), one))}
        workflows={workflowsIn(c, deps)}
        refused={deps.refusedWorkflows.filter(({ name }) => !hiddenIn(c).includes(name))}
        upgraded={upgradedOf(deps.news, c.get("identity"))}
        now={deps.clock.now()}
      />,
    );
  });
  return { poll, pages };
};

const upgradedOf = ({ version, since }: News, { person }: Identity) => {
  const known = since(person.id);
  return known === null ? null : { runs: version, since: known };
};

const readLists = async ({ engine }: Pick<WebDeps, "engine">, hidden: readonly string[]) => {
  const of = (group: (typeof groups)[keyof typeof groups]) => engine.runs({ ...group, hidden });
  const [running, needsYou, recent] = await Promise.all([
    of(groups.running),
    of(groups.needsYou),
    of(groups.recent),
  ]);
  return { running: running.rows, needsYou: needsYou.rows, recent: recent.rows };
};
