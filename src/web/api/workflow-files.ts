import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { hiddenIn } from "#web/seen.ts";
import { seenFolder } from "#web/workflow-files.ts";
import { createRouter, json, refusals } from "./router.ts";

/** People's own workflows: what is in use of each file, and what is wrong with it. */
export const workflowFilesApi = (deps: Pick<WebDeps, "authored" | "store">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => c.json(await seenFolder(deps, hiddenIn(c)), 200))
    .openapi(sourceRoute, async (c) => {
      const { file } = c.req.valid("param");
      return c.json({ file, text: await deps.authored.source(file) }, 200);
    });

const fault = {
  file: z.string(),
  line: z.number().int().nullable(),
  sentence: z.string(),
};
const version = z.object({
  code: z.string().openapi({ description: "What its files were. A run that it began says so as `code`." }),
  since: z.number().int(),
  underWay: z.number().int().openapi({ description: "Runs that are not over and go on with it." }),
});
const since = z.number().int();

const folderSchema = z
  .object({
    folder: z.string(),
    fault: z
      .object({ sentence: z.string(), since })
      .nullable()
      .openapi({ description: "Why nothing in the folder is read." }),
    files: z
      .array(
        z.object({
          file: z.string(),
          workflow: z.object({ id: z.string(), title: z.string() }).nullable(),
          version: version
            .nullable()
            .openapi({ description: "What new runs begin with; null: none can begin." }),
          earlier: z.array(version).readonly(),
          fault: z
            .object({ ...fault, since })
            .nullable()
            .openapi({ description: "Why the file as it is now is not used." }),
          warnings: z.array(z.object(fault)).readonly(),
        }),
      )
      .readonly(),
  })
  .openapi("WorkflowFolder");

const listRoute = createRoute({
  method: "get",
  path: routes.api.workflowFiles.template,
  summary: "List the files of the folder of workflows",
  responses: { 200: json(folderSchema, "The folder, each file with what is in use of it."), ...refusals },
});

const sourceRoute = createRoute({
  method: "get",
  path: routes.api.workflowFile.template,
  summary: "Read a workflow's file",
  request: { params: z.object({ file: z.string() }) },
  responses: {
    200: json(z.object({ file: z.string(), text: z.string() }), "Its text as it is now."),
    ...refusals,
  },
});
