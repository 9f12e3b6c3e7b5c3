import { Hono } from "hono";
import { z } from "zod";
import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import { exportStatuses } from "#core/exports.ts";
import { hiddenFrom } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { ExportsLive, ExportsPage } from "#views/exports.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { findExport } from "#web/find-export.ts";
import { createLiveLists, type ListChanges } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";
import { hiddenIn } from "#web/seen.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  status: z.enum(exportStatuses).or(z.literal("")).catch(""),
  after: z.string().catch(""),
});
const names = Object.keys(query.shape);

type ExportsDeps = Pick<WebDeps, "engine" | "store" | "files" | "clock" | "staticFiles">;

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
        ...(filter.status === "" ? {} : { status: filter.status }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      }),
    );
  const workflowOf = (provider: string) => exporterOf(deps, provider);
  const poll: Poll = {
    route: routes.exports,
    isPoll: (told) => told("fragment") === "live",
    lacks: async (_, told, who) => {
      const hidden = hiddenFrom(who);
      const filter = query.parse(Object.fromEntries(names.map((name) => [name, told(name)])));
      const { read, version } = await list(filter, hidden);
      if (told("v") === version) return null;
      const shown = { ...read, filter, workflowOf, shown: version };
      return renderings.once(`exports ${JSON.stringify({ ...filter, hidden })}`, version, async () =>
        String(<ExportsLive {...shown} now={clock.now()} />),
      );
    },
  };
  const pages = new Hono<WebEnv>()
    .get(routes.exports.pattern, async (c) => {
      const filter = query.parse(c.req.query());
      const { read, version } = await list(filter, hiddenIn(c));
      const shown = { ...read, filter, workflowOf, shown: version };
      return c.html(<ExportsPage {...pageProps(c, deps)} {...shown} now={clock.now()} />);
    })
    .post(routes.deleteExport.pattern, async (c) => {
      await deleteFile(deps, c.req.param("id"), c.get("identity").by);
      changes.tell();
      return c.redirect(routes.exports.href(), 303);
    });
  return { poll, pages };
};

// By convention the workflow that exports from a provider is named after it.
const exporterOf = ({ engine }: Pick<WebDeps, "engine">, provider: string): string | null =>
  engine.workflows.find((one) => one.id === `${provider}-export`)?.id ?? null;

// The file goes first: cut off in between, the row still says what to delete, instead of a file that nobody knows.
const deleteFile = async (
  { store, files, clock }: Pick<WebDeps, "store" | "files" | "clock">,
  id: string,
  by: Actor,
): Promise<void> => {
  const row = await findExport(store, id);
  if (row.status !== "ready" || row.filePath === null)
    throw new AppError("not-allowed-now", "This export has no file to delete.");
  await files.remove(row.filePath);
  await store.exports.markDeleted(id);
  await store.accounts.audit({
    at: clock.now(),
    by,
    did: "deleted the file of an export",
    target: row.title,
  });
};
