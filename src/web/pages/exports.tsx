import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Export, exportStatuses } from "#core/exports.ts";
import { textsOf } from "#core/form.ts";
import { can, canAll, type Doer, hiddenFrom } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { type ExportRowProps, ExportsLive, ExportsPage } from "#views/exports.tsx";
import { deleteFile } from "#web/delete-file.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createLiveLists, type ListChanges } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";
import { pressedOn } from "#web/pressed-on.ts";
import { keptIn } from "#web/seen.ts";
import { type DeletedFiles, deleteExports } from "./delete-exports.ts";
import { sentForm } from "./sent-form.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  state: z.enum(exportStatuses).or(z.literal("")).catch(""),
  after: z.string().catch(""),
});
const names = Object.keys(query.shape);

type ExportsDeps = Pick<WebDeps, "store" | "files" | "clock" | "staticFiles">;

/** The registry of exports, and how it is kept fresh. */
export const createExports = (deps: ExportsDeps, renderings: Renderings, changes: ListChanges) => {
  const { store, clock } = deps;
  const lists = createLiveLists<Awaited<ReturnType<typeof store.exports.list>>>(changes);
  const list = (filter: z.infer<typeof query>, hidden: readonly string[]) =>
    lists(JSON.stringify({ ...filter, hidden }), () =>
      store.exports.list({
        limit: rowsPerPage,
        hidden,
        ...(filter.search === "" ? {} : { search: filter.search }),
        ...(filter.state === "" ? {} : { status: filter.state }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      }),
    );
  const starters = new WeakMap<object, Promise<ReadonlyMap<string, string>>>();
  /** The list with what somebody may do with each of its rows. */
  const listFor = async (who: Doer, filter: z.infer<typeof query>) => {
    const { read, version } = await list(filter, hiddenFrom(who));
    const known = starters.get(read) ?? startersOf(store, read.rows);
    starters.set(read, known);
    const by = await known;
    const rows = read.rows.map((row) => ({ row, may: mayOf(who, row, by.get(row.ownerRunId)) }));
    const permits = rows
      .map(({ may }) => Number(may.anew) + 2 * Number(may.delete) + 4 * Number(may.open))
      .join("");
    return { rows, next: read.next, filter, shown: canAll(who) ? version : `${version}.${permits}` };
  };
  const poll: Poll = {
    route: routes.exports,
    isPoll: (told) => told("fragment") === "live",
    lacks: async (_, told, who) => {
      const filter = query.parse(Object.fromEntries(names.map((name) => [name, told(name)])));
      const list = await listFor(who, filter);
      if (told("v") === list.shown) return null;
      const subject = `exports ${JSON.stringify({ ...filter, hidden: hiddenFrom(who) })}`;
      return renderings.once(subject, list.shown, async () =>
        String(<ExportsLive {...list} now={clock.now()} />),
      );
    },
  };
  const page = async (c: Context<WebEnv>, told?: DeletedFiles) => {
    const filter = query.parse(c.req.query());
    const who = c.get("identity");
    const [list, kept] = await Promise.all([listFor(who, filter), keptIn(c, deps)]);
    return c.html(
      <ExportsPage
        {...pageProps(c, deps)}
        {...list}
        kept={kept}
        mayKeep={can(who, "run", null)}
        told={told}
        now={clock.now()}
      />,
    );
  };
  const pages = new Hono<WebEnv>()
    .get(routes.exports.pattern, (c) => page(c))
    .post(routes.deleteExports.pattern, async (c) => {
      const { values } = await sentForm(c);
      const told = await deleteExports(deps, textsOf(values, "export"), c.get("identity"));
      changes.tell();
      return page(c, told);
    })
    .post(routes.deleteExport.pattern, async (c) => {
      await deleteFile(deps, c.req.param("id"), c.get("identity").by);
      changes.tell();
      return c.redirect(pressedOn(c, [routes.exports.href()]), 303);
    });
  return { poll, pages };
};

/** Who started the runs that made them, those that are still there. */
const startersOf = async (
  store: Pick<WebDeps["store"], "run">,
  rows: readonly Export[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = [...new Set(rows.map(({ ownerRunId }) => ownerRunId))];
  const runs = await Promise.all(ids.map((id) => store.run(id)));
  return new Map(runs.flatMap((at) => (at === null ? [] : [[at.run.id, at.run.starter]])));
};

/** Its run may be gone; without it, it can neither be opened nor made anew. */
const mayOf = (who: Doer, { workflowId }: Export, starter?: string): ExportRowProps["may"] => ({
  open: starter !== undefined,
  anew: starter !== undefined && can(who, "run", { workflowId }),
  delete: can(who, "control", { workflowId, ...(starter === undefined ? {} : { starter }) }),
});

// The file goes first: cut off in between, the row still says what to delete, instead of a file that nobody knows.
