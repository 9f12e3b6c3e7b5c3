import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { exportStatuses } from "#core/exports.ts";
import { routes } from "#core/routes.ts";
import { deleteFile } from "#web/delete-file.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { findExport } from "#web/find-export.ts";
import type { ListChanges } from "#web/live/live-list.ts";
import { hiddenIn } from "#web/seen.ts";
import { exportJson, exportSchema } from "./export-schema.ts";
import { createRouter, json, query, refusals } from "./router.ts";

/** The registry of exports; the file itself is at /exports/{id}/file. */
export const exportsApi = (
  deps: Pick<WebDeps, "store" | "files" | "clock">,
  changes: Pick<ListChanges, "tell">,
): OpenAPIHono<WebEnv> => {
  const { store } = deps;
  return createRouter()
    .openapi(listRoute, async (c) => {
      const { state, ...filter } = c.req.valid("query");
      const { rows, next } = await store.exports.list({
        ...filter,
        hidden: hiddenIn(c),
        ...(state === undefined ? {} : { status: state }),
      });
      return c.json({ rows: rows.map(exportJson), next }, 200);
    })
    .openapi(exportRoute, async (c) =>
      c.json(exportJson(await findExport(store, c.req.valid("param").id)), 200),
    )
    .openapi(deleteRoute, async (c) => {
      const { id } = c.req.valid("param");
      await deleteFile(deps, id, c.get("identity").by);
      changes.tell();
      return c.json(exportJson(await findExport(store, id)), 200);
    });
};

const listRoute = createRoute({
  method: "get",
  path: routes.api.exports.template,
  summary: "List exports, newest first",
  request: {
    query: query({
      search: z.string().max(200).optional(),
      state: z.enum(exportStatuses).optional(),
      after: z.string().optional().openapi({ description: "`next` of the page before." }),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json(
      z.object({ rows: z.array(exportSchema).readonly(), next: z.string().nullable() }),
      "One page of exports.",
    ),
    ...refusals,
  },
});

const exportRoute = createRoute({
  method: "get",
  path: routes.api.export.template,
  summary: "Show an export",
  description: `Its file is at \`${routes.exportFile.template}\`, whole or in parts (Range).`,
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: json(exportSchema, "The export."), ...refusals },
});

const deleteRoute = createRoute({
  method: "delete",
  path: routes.api.export.template,
  summary: "Delete the file of an export",
  description: "What is known of it stays.",
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: json(exportSchema, "The export, without its file."), ...refusals },
});
