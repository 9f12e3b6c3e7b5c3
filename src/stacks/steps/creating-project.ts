import type { Dokploy, Project } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import type { StackBase } from "#stacks/input.ts";
import { notYet } from "#stacks/not-yet.ts";
import { applicationName, describe, isOurs, projectName } from "#stacks/part-names.ts";

export interface UsedProject {
  /** Where it is: undoing must find it there, whatever the run's input has become since. */
  connectionId: string;
  projectId: string;
  name: string;
  /** Whether this run made it; what others made is never removed. */
  made: boolean;
}

type Context = Pick<StepContext<StackBase, object>, "input" | "runId" | "signal">;

/** Finds the stack's project or makes it. Names are not unique in Dokploy, so a run knows its own by the description. */
export const createProject = (deps: StackDeps): DoOptions<StackBase, object, UsedProject> => ({
  run: async (ctx) => {
    const { input, runId, signal } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const found = findProject(await dokploy.projects(signal), ctx);
    if (found !== null) return found.made ? found : new Skip(existsAlready(found.name), found);
    const name = projectName(input);
    ctx.log(`There is no project “${name}” yet; creating it.`);
    const { projectId } = await dokploy.createProject({ name, description: describe(input, runId) }, signal);
    return { connectionId: input.connectionId, projectId, name, made: true };
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = findProject(await dokploy.projects(ctx.signal), ctx);
    return found?.made === true
      ? {
          happened: true,
          result: found,
          checked: `Dokploy lists the project ${found.projectId} as made by this run.`,
        }
      : { happened: false, checked: "Dokploy lists no project made by this run." };
  },
  undo: async (ctx) => {
    const dokploy = await deps.connect(ctx.result?.connectionId ?? ctx.input.connectionId);
    const ours = (await dokploy.projects(ctx.signal)).filter((project) => isMade(project, ctx));
    for (const project of ours) {
      assertEmpty(project);
      await dokploy.removeProject(project.projectId, ctx.signal);
    }
    await assertRemoved(dokploy, ours, ctx.signal);
    ctx.log(
      ours.length === 0 ? "No project of this run is there." : `Removed the project “${ours[0]?.name}”.`,
    );
  },
  plan: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = findProject(await dokploy.projects(ctx.signal), ctx);
    if (found !== null) return { lines: [], skip: existsAlready(found.name), result: found };
    const name = projectName(ctx.input);
    const description = describe(ctx.input, ctx.runId);
    return {
      lines: [
        says(`Creates the project “${name}”.`),
        sends(dokploy.request("project.create", { name, description })),
      ],
      result: { connectionId: ctx.input.connectionId, projectId: notYet, name, made: true },
    };
  },
  detail: ({ name, projectId }) => `Created “${name}” (${projectId})`,
  weightMs: 1_500,
});

/** This run's own project, else the one of that name. Throws AppError("conflict") when several might be meant. */
const findProject = (projects: readonly Project[], { input, runId }: Context): UsedProject | null => {
  const named = projects.filter(({ name }) => name === projectName(input));
  const own = named.find(({ description }) => isOurs(description, runId));
  const { connectionId } = input;
  if (own !== undefined) return { connectionId, projectId: own.projectId, name: own.name, made: true };
  const holding = named.filter(({ environments }) =>
    environments.some(({ services }) => services.some(({ name }) => name === applicationName(input))),
  );
  const [found, other] = holding.length > 0 ? holding : named;
  if (found === undefined) return null;
  if (other !== undefined) {
    throw new AppError(
      "conflict",
      `Dokploy has ${named.length} projects named “${projectName(input)}”, and nothing tells which is meant. Rename or remove all but one there, or choose another stack name.`,
    );
  }
  return { connectionId, projectId: found.projectId, name: found.name, made: false };
};

const isMade = (
  { projectId, description }: Project,
  { runId, result }: { runId: string; result: UsedProject | undefined },
): boolean => isOurs(description, runId) || (result?.made === true && projectId === result.projectId);

/** Removing a project takes with it whatever others have put into it since. */
const assertEmpty = ({ name, environments }: Project): void => {
  const services = environments.flatMap((environment) => environment.services);
  const others = [
    ...services.map((service) => `the ${service.kind} “${service.name}”`),
    ...environments
      .filter((one) => !one.isDefault && one.name !== "production")
      .map((one) => `the environment “${one.name}”`),
  ];
  if (others.length === 0) return;
  throw new AppError(
    "conflict",
    `The project “${name}” holds what this run did not make: ${others.join(", ")}. It stays; remove it in Dokploy when it is no longer needed.`,
  );
};

const assertRemoved = async (
  dokploy: Dokploy,
  removed: readonly Project[],
  signal: AbortSignal,
): Promise<void> => {
  if (removed.length === 0) return;
  const left = new Set((await dokploy.projects(signal)).map(({ projectId }) => projectId));
  const still = removed.find(({ projectId }) => left.has(projectId));
  if (still === undefined) return;
  throw new AppError(
    "remote-odd",
    `Dokploy still lists the project “${still.name}” (${still.projectId}) after it was removed. Look into Dokploy, then undo again.`,
  );
};

const existsAlready = (name: string): string =>
  `The project “${name}” exists already; it is used and will stay.`;
