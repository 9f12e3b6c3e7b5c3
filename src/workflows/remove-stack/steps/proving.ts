import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { tasksIfAllowed } from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
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
      services.some(({ id }) => id === looking.applicationId),
    );
    if (listed || (removing.project && project !== undefined))
      throw new AppError(
        "remote-odd",
        `Dokploy still lists the ${listed ? `application “${looking.application}”` : `project “${looking.project}”`} after it was removed. Look into Dokploy.`,
        { wayOn: { back: "removing", why: "to remove it once more" } },
      );
    const tasks = await tasksIfAllowed(dokploy, looking, ctx.signal);
    if (tasks === null)
      return { sentence: "Whether its containers have ended cannot be told with this API key." };
    const up = tasks.filter(({ is }) => is === "running");
    if (up.length === 0) return { sentence: "Dokploy lists nothing of it, and none of its containers runs." };
    throw new AppError(
      "remote-odd",
      `Dokploy has removed the stack, but ${up.length} of its containers still run. On the server “docker service rm ${looking.appName}” ends them; then try again.`,
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
