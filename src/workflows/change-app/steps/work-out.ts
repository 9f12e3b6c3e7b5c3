import type { ModelQuestion } from "#apps/model/ask-model.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { askedOfModel } from "#workflows/change-app/asked.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import { plannedNow } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

export interface WorkedOut {
  /** A sentence each. */
  steps: string[];
  losses: string[];
  /** Why parts of the request are not in it; runs of before know of none. */
  unread?: string[];
  /** What was made of the words where a model was to help: the plan, by whom, and what was said beside it. */
  read?: { schema: AppSchema; by: string | null; notes: string[] };
  /** What the model has to be told first, and who it is. */
  question?: ModelQuestion & { by: string };
}

/** Works out what the request comes to in the tables and rows that are there, with a model's help where one was chosen. It changes nothing. */
export const workOutChange = (
  host: Pick<Host, "apps" | "connections">,
): DoOptions<ChangeInput, object, WorkedOut> => ({
  run: async (ctx) => {
    const { input, log } = ctx;
    const asked = await askedOfModel(host, host.apps.open(input.slug).schema, ctx);
    if (asked !== null && "text" in asked) return { steps: [], losses: [], question: asked };
    const { steps, losses, unread, sql } = plannedNow(host.apps, input, null, asked);
    for (const line of [...steps, ...losses, ...sql]) log(line);
    for (const line of unread) log(line, "warn");
    if (asked === null) return { steps, losses, unread };
    const { schema, by, notes } = asked;
    return { steps, losses, unread, read: { schema, by, notes } };
  },
  readsOnly: true,
  timeoutMs: 3_600_000,
  plan: ({ input }) => {
    if (input.connectionId != null)
      return { lines: [says("Ask the model for what the words come to, where they are not understood.")] };
    const { steps, losses, unread, sql } = plannedNow(host.apps, input);
    return {
      lines: [...[...steps, ...losses, ...unread].map(says), ...sql.map(sends)],
      result: { steps, losses, unread },
    };
  },
  detail: ({ steps, losses, unread = [], question }) =>
    question === undefined
      ? [...steps, ...losses, ...unread].join(" ") || "Nothing yet: the plan is changed by hand"
      : `A question of ${question.by}: ${question.text}`,
  weightMs: 100,
});
