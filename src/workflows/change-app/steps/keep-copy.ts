import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import type { Host } from "#workflows/host.ts";

/** A whole copy of the app's data, so that what a change takes away can be put back. */
export const keepCopy = ({
  apps,
}: Pick<Host, "apps">): DoOptions<ChangeInput, object, { label: string }> => ({
  run: async ({ input, runId }) => {
    apps.keepCopy(input.slug, runId);
    return { label: runId };
  },
  safeBecause: "A copy that this run has kept is not written again.",
  plan: ({ input, runId }) => ({
    lines: [says(`Keep a copy of the data of “${input.slug}”.`)],
    result: { label: runId },
  }),
  detail: () => "A copy is kept.",
  weightMs: 200,
});
