import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { keepUpload } from "#web/keep-upload.ts";
import { createRouter, json, query, refusals } from "./router.ts";

/** Files for runs that are to be started with them. */
export const filesApi = (deps: Pick<WebDeps, "files" | "newId">): OpenAPIHono<WebEnv> =>
  createRouter().openapi(keepRoute, async (c) => {
    const { body } = c.req.raw;
    if (body === null) throw new AppError("bad-input", "Send the bytes of the file as the body.");
    const name = await keepUpload(deps, c.req.valid("query").name, Readable.fromWeb(body as ReadableStream));
    return c.json({ file: name }, 201);
  });

const keepRoute = createRoute({
  method: "post",
  path: routes.api.files.template,
  summary: "Keep a file for a run",
  description:
    "The body is the file itself, 2 GiB at most. `file` of the answer goes into a field of a workflow that takes a file; it is kept for a week.",
  request: {
    query: query({
      name: z.string().min(1).max(200).openapi({ description: "What the file is called: “customers.csv”." }),
    }),
  },
  responses: { 201: json(z.object({ file: z.string() }), "It is kept under this name."), ...refusals },
});
