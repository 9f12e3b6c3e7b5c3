import { Hono } from "hono";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { exportStatuses } from "#core/exports.ts";
import { routes } from "#core/routes.ts";
import { ExportsPage } from "#views/exports.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { findExport } from "#web/find-export.ts";
import { pageProps } from "#web/page-props.ts";

const rowsPerPage = 50;

// An old or mistyped address shows everything instead of an error.
const query = z.object({
  search: z.string().trim().max(200).catch(""),
  status: z.enum(exportStatuses).or(z.literal("")).catch(""),
  after: z.string().catch(""),
});

/** The registry of exports. */
export const exportPages = (deps: Pick<WebDeps, "engine" | "store" | "files" | "clock" | "staticFiles">) =>
  new Hono<WebEnv>()
    .get(routes.exports.pattern, async (c) => {
      const filter = query.parse(c.req.query());
      const page = await deps.store.exports.list({
        limit: rowsPerPage,
        ...(filter.search === "" ? {} : { search: filter.search }),
        ...(filter.status === "" ? {} : { status: filter.status }),
        ...(filter.after === "" ? {} : { after: filter.after }),
      });
      return c.html(
        <ExportsPage
          {...pageProps(c, deps)}
          {...page}
          filter={filter}
          now={deps.clock.now()}
          workflowOf={(provider) => exporterOf(deps, provider)}
        />,
      );
    })
    .post(routes.deleteExport.pattern, async (c) => {
      await deleteFile(deps, c.req.param("id"), c.get("identity").name);
      return c.redirect(routes.exports.href(), 303);
    });

// By convention the workflow that exports from a provider is named after it.
const exporterOf = ({ engine }: Pick<WebDeps, "engine">, provider: string): string | null =>
  engine.workflows.find((one) => one.id === `${provider}-export`)?.id ?? null;

// The file goes first: cut off in between, the row still says what to delete, instead of a file that nobody knows.
const deleteFile = async (
  { store, files, clock }: Pick<WebDeps, "store" | "files" | "clock">,
  id: string,
  by: string,
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
