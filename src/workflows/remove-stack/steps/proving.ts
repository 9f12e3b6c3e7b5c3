import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { containersIfAllowed, tasksIfAllowed } from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { commandToRemove, idOf, wordOf } from "#stacks/service.ts";
import type { RemovalInput } from "#workflows/remove-stack/input.ts";
import type { FoundStack } from "./looking.ts";

type Earlier = { looking: FoundStack; removing: { project: boolean } };

/** Dokploy's own answer to a removal tells nothing of the swarm, and it swallows the swarm's errors. */
export const proveRemoval = (deps: StackDeps): DoOptions<RemovalInput, Earlier, { sentence: string }> => ({
  run: async (ctx) => {
    const { looking, removing } = ctx.results;
    const dokploy = await deps.connect(ctx.input.connectionId);
    const project = (await dokploy.projects(ctx.signal)).find(
      ({ projectId }) => projectId === looking.projectId,
    );
    const listed = project?.environments.some(({ services }) =>
      services.some(({ id }) => id === idOf(looking)),
    );
    if (listed || (removing.project && project !== undefined))
      throw new AppError(
        "remote-odd",
        `Dokploy still lists the ${listed ? `${wordOf(looking)} “${looking.application}”` : `project “${looking.project}”`} after it was removed. Look into Dokploy.`,
        { wayOn: { back: "removing", why: "to remove it once more" } },
      );
    const up = await upOf(dokploy, looking, ctx.signal);
    if (up === null)
      return { sentence: "Whether its containers have ended cannot be told with this API key." };
    if (up === 0) return { sentence: "Dokploy lists nothing of it, and none of its containers runs." };
    throw new AppError(
      "remote-odd",
      `Dokploy has removed the stack, but ${up} of its containers still run. On the server “${commandToRemove(looking)}” ends them; then try again.`,
    );
  },
  readsOnly: true,
  plan: () => ({
    lines: [
      says("Looks whether Dokploy still lists any of it, and whether one of its containers still runs."),
    ],
    result: { sentence: "" },
  }),
  detail: ({ sentence }) => sentence,
  weightMs: 1_000,
});

/** How many of its containers run; null when this key may not see them. */
const upOf = async (dokploy: Dokploy, stack: FoundStack, signal: AbortSignal): Promise<number | null> => {
  if ("composeId" in stack) {
    const there = await containersIfAllowed(dokploy, stack, signal);
    return there?.filter(({ state }) => state === "running" || state === "restarting").length ?? null;
  }
  const tasks = await tasksIfAllowed(dokploy, stack, signal);
  return tasks?.filter(({ is }) => is === "running").length ?? null;
};
