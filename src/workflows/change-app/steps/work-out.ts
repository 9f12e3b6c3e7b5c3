import { says, sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import { plannedNow } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

export interface WorkedOut {
  /** A sentence each. */
  steps: string[];
  losses: string[];
  /** Why parts of the request are not in it; runs of before know of none. */
  unread?: string[];
}

/** Works out what the request comes to in the tables and rows that are there. It reads only. */
export const workOutChange = ({ apps }: Pick<Host, "apps">): DoOptions<ChangeInput, object, WorkedOut> => ({
  run: async ({ input, log }) => {
    const { steps, losses, unread, sql } = plannedNow(apps, input);
    for (const line of [...steps, ...losses, ...sql]) log(line);
    for (const line of unread) log(line, "warn");
    return { steps, losses, unread };
  },
  readsOnly: true,
  plan: ({ input }) => {
    const { steps, losses, unread, sql } = plannedNow(apps, input);
    return {
      lines: [...[...steps, ...losses, ...unread].map(says), ...sql.map(sends)],
      result: { steps, losses, unread },
    };
  },
  detail: ({ steps, losses, unread = [] }) =>
    [...steps, ...losses, ...unread].join(" ") || "Nothing yet: the plan is changed by hand",
  weightMs: 100,
});
