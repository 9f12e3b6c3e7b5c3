import type { Dokploy, Environment } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import type { StackBase } from "#stacks/input.ts";
import { notYet } from "#stacks/not-yet.ts";
import { describe, isOurs } from "#stacks/part-names.ts";
import type { UsedProject } from "./creating-project.ts";

export interface UsedEnvironment {
  environmentId: string;
  name: string;
  /** Left out, as by runs of earlier versions: it was there. */
  made?: true;
}

type Earlier = { "creating-project": UsedProject };
type Context = Pick<StepContext<StackBase, Earlier>, "input" | "results" | "runId" | "signal">;

/** Every project has a default environment, mostly named “production”; another one is made when it was asked for and is not there. */
export const getEnvironment = (deps: StackDeps): DoOptions<StackBase, Earlier, UsedEnvironment> => ({
  run: async (ctx) => {
    const { input, results, signal } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const { projectId } = results["creating-project"];
    const found = chooseEnvironment(await dokploy.environments(projectId, signal), ctx);
    if (found !== null) return found;
    const wish = wishOf(ctx);
    ctx.log(`There is no environment “${wish.name}” yet; creating it.`);
    const { environmentId } = await dokploy.createEnvironment(wish, signal);
    return { environmentId, name: wish.name, made: true };
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const [own] = await ownEnvironments(dokploy, ctx);
    return own === undefined
      ? { happened: false, checked: "Dokploy lists no environment made by this run." }
      : {
          happened: true,
          result: { environmentId: own.environmentId, name: own.name, made: true },
          checked: `Dokploy lists the environment ${own.environmentId} as made by this run.`,
        };
  },
  undo: async (ctx) => {
    // What cannot have been made is not looked for, so that nothing in the way keeps the rest from being removed.
    const mayBeMade = ctx.result === undefined ? !isDefaultName(ctx.input.environment) : ctx.result.made;
    if (mayBeMade !== true) return ctx.log("This run made no environment.");
    const dokploy = await deps.connect(ctx.results["creating-project"].connectionId);
    for (const { environmentId, name, services } of await ownEnvironments(dokploy, ctx)) {
      const [other] = services;
      if (other !== undefined)
        throw new AppError(
          "conflict",
          `The environment “${name}” holds what this run did not make: the ${other.kind} “${other.name}”. It stays; remove it in Dokploy when it is no longer needed.`,
        );
      await dokploy.removeEnvironment(environmentId, ctx.signal);
      ctx.log(`Removed the environment “${name}”.`);
    }
    const [still] = await ownEnvironments(dokploy, ctx);
    if (still === undefined) return ctx.log("No environment of this run is left.");
    throw new AppError(
      "remote-odd",
      `Dokploy still lists the environment “${still.name}” (${still.environmentId}) after it was removed. Look into Dokploy, then undo again.`,
    );
  },
  plan: async (ctx) => {
    const { projectId, made } = ctx.results["creating-project"];
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = made
      ? isDefaultName(ctx.input.environment)
        ? { environmentId: notYet, name: "production" }
        : null
      : chooseEnvironment(await dokploy.environments(projectId, ctx.signal), ctx);
    if (found !== null) {
      const said = made
        ? "Takes the default environment that Dokploy gives the new project."
        : `Takes the environment “${found.name}”.`;
      return { lines: [says(said)], result: found };
    }
    const wish = wishOf(ctx);
    return {
      lines: [
        says(`Creates the environment “${wish.name}”.`),
        sends(dokploy.request("environment.create", wish)),
      ],
      result: { environmentId: notYet, name: wish.name, made: true },
    };
  },
  detail: ({ name, environmentId, made }) => `${made ? "Created " : ""}“${name}” (${environmentId})`,
  weightMs: 1_000,
});

const wishOf = ({ input, results, runId }: Context) => ({
  name: input.environment ?? "production",
  projectId: results["creating-project"].projectId,
  description: describe(input, runId),
});

const ownEnvironments = async (
  dokploy: Dokploy,
  { results, runId, signal }: Omit<Context, "input">,
): Promise<Environment[]> =>
  (await dokploy.environments(results["creating-project"].projectId, signal)).filter(({ description }) =>
    isOurs(description, runId),
  );

const isDefaultName = (name: string | null | undefined): boolean =>
  name === null || name === undefined || name === "production";

/** Null when the one that was asked for is not there. */
const chooseEnvironment = (
  environments: readonly Environment[],
  { input: { environment }, results, runId }: Context,
): UsedEnvironment | null => {
  const project = results["creating-project"].name;
  if (environments.length === 0) {
    throw new AppError(
      "not-found",
      `Dokploy knows no environment of the project “${project}”. The project may have been deleted meanwhile.`,
      { wayOn: { back: "initializing", why: "to begin once more" } },
    );
  }
  if (!isDefaultName(environment)) {
    const [named, other] = environments.filter(({ name }) => name === environment);
    if (named === undefined) return null;
    if (other !== undefined)
      throw new AppError(
        "conflict",
        `The project “${project}” has several environments “${environment}”, and nothing tells which is meant. Rename all but one in Dokploy.`,
      );
    const { environmentId, name, description } = named;
    return { environmentId, name, ...(isOurs(description, runId) && { made: true as const }) };
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
