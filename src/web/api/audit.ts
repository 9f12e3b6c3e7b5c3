import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Accounts } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { attachment } from "#web/pages/disposition.ts";
import { createRouter, refusals } from "./router.ts";

const entriesPerRead = 500;

/** The audit as it stands, for those who keep a copy of it elsewhere. */
export const auditApi = ({ store }: Pick<WebDeps, "store">): OpenAPIHono<WebEnv> => {
  const app = createRouter();
  app.openAPIRegistry.registerPath(auditRoute);
  app.get(routes.api.audit.pattern, (c) => {
    const after = query.shape.after.safeParse(c.req.query("after"));
    if (!after.success)
      throw new AppError("bad-input", "“after” must be the number of an entry.", { field: "after" });
    const lines = linesOf(store.accounts, after.data);
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      pull: async (to) => {
        const { value, done } = await lines.next();
        if (done) to.close();
        else to.enqueue(encoder.encode(value));
      },
    });
    return c.body(stream, 200, {
      "Content-Type": "application/jsonl",
      "Content-Disposition": attachment("milepost-audit.jsonl"),
    });
  });
  return app;
};

async function* linesOf({ auditsAfter }: Pick<Accounts, "auditsAfter">, first: number) {
  for (let after = first; ; ) {
    const entries = await auditsAfter(after, entriesPerRead);
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.seq;
    yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  }
}

const query = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .openapi({ description: "Only entries behind this number." }),
});

const auditRoute = createRoute({
  method: "get",
  path: routes.api.audit.template,
  summary: "Save the audit: who did what",
  description:
    "JSON lines, the oldest entry first: `seq`, `at`, `by` (`kind`, `id`, `name`), `did`, `target`, and `hash`, which is the sha256 of the canonical JSON (RFC 8785) of the entry without `hash` but with `previous`, the hash of the entry before it (64 zeros before the first).",
  request: { query },
  responses: {
    200: { description: "The entries.", content: { "application/jsonl": { schema: z.string() } } },
    ...refusals,
  },
});
