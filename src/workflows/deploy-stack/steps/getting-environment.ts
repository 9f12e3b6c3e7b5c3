import type { Environment } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { notYet } from "#workflows/deploy-stack/not-yet.ts";
import { openPatiently } from "#workflows/deploy-stack/patient.ts";
import type { UsedProject } from "./creating-project.ts";

export interface UsedEnvironment {
  environmentId: string;
  name: string;
}

type Earlier = { "creating-project": UsedProject };

/** Every project has a default environment, mostly named “production”; applications are made in it. */
export const getEnvironment = (deps: StackDeps): DoOptions<StackInput, Earlier, UsedEnvironment> => ({
  run: async (ctx) => {
    const { input, results, signal } = ctx;
    const { dokploy } = await openPatiently(deps, input.connectionId, ctx);
    const { projectId, name } = results["creating-project"];
    return chooseEnvironment(await dokploy.environments(projectId, signal), name);
  },
  readsOnly: true,
  plan: async ({ input, results, signal }) => {
    const { projectId, name, made } = results["creating-project"];
    if (made) {
      return {
        lines: [says("Takes the default environment that Dokploy gives the new project.")],
        result: { environmentId: notYet, name: "production" },
      };
    }
    const dokploy = await deps.connect(input.connectionId);
    const result = chooseEnvironment(await dokploy.environments(projectId, signal), name);
    return { lines: [says(`Takes the environment “${result.name}”.`)], result };
  },
  detail: ({ name, environmentId }) => `“${name}” (${environmentId})`,
  weightMs: 1_000,
});

const chooseEnvironment = (environments: readonly Environment[], project: string): UsedEnvironment => {
  if (environments.length === 0) {
    throw new AppError(
      "not-found",
      `Dokploy knows no environment of the project “${project}”. The project may have been deleted meanwhile.`,
      { wayOn: { back: "initializing", why: "to begin once more" } },
    );
  }
  const found =
    environments.find(({ isDefault }) => isDefault) ??
    environments.find(({ name }) => name === "production") ??
    (environments.length === 1 ? environments[0] : undefined);
  if (found !== undefined) return { environmentId: found.environmentId, name: found.name };
  throw new AppError(
    "conflict",
    `The project “${project}” has no default environment. Add one named “production” in Dokploy, then try again.`,
  );
};
