import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { type Export, exportStatuses } from "#core/exports.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { findExport } from "#web/find-export.ts";
import { hiddenIn } from "#web/seen.ts";
import { exportSchema } from "./export-schema.ts";
import { createRouter, json, refusals } from "./router.ts";

/** The registry of exports; the file itself is at /exports/{id}/file. */
export const exportsApi = ({ store }: Pick<WebDeps, "store">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => {
      const { rows, next } = await store.exports.list({ ...c.req.valid("query"), hidden: hiddenIn(c) });
      return c.json({ rows: rows.map(exportJson), next }, 200);
    })
    .openapi(exportRoute, async (c) =>
      c.json(exportJson(await findExport(store, c.req.valid("param").id)), 200),
    );

const exportJson = (row: Export): z.infer<typeof exportSchema> =>
  exportSchema.parse(row satisfies z.input<typeof exportSchema>);

const listRoute = createRoute({
  method: "get",
  path: routes.api.exports.template,
  summary: "List exports, newest first",
  request: {
    query: z.object({
      search: z.string().max(200).optional(),
      status: z.enum(exportStatuses).optional(),
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
