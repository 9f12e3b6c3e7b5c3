import { idOf as bare } from "#connectors/dokploy/bodies.ts";
import type { Deployable, Dokploy, Project } from "#connectors/dokploy/dokploy.ts";
import { lacks } from "#connectors/dokploy/key-owner.ts";
import { preflight } from "#connectors/dokploy/preflight.ts";
import { wordsOf } from "#connectors/dokploy/rights.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { applicationName, projectName } from "#stacks/part-names.ts";
import { deployable, detailsOf, idOf, wordOf } from "#stacks/service.ts";
import type { RemovalInput } from "#workflows/remove-stack/input.ts";

export type FoundStack = Deployable & {
  projectId: string;
  project: string;
  /** The application's name, or the compose service's. */
  application: string;
  appName: string;
  serverId: string | null;
  domainIds: string[];
  /** Whether nothing else is in the project, so that it goes as well. */
  projectGoes: boolean;
  /** What goes and what stays, in words. */
  parts: string[];
  stays: string[];
};

type Context = Pick<StepContext<RemovalInput, object>, "input" | "signal">;

/** Only reads: nothing is removed that was not seen and agreed to. */
export const lookUpStack = (deps: StackDeps): DoOptions<RemovalInput, object, FoundStack> => {
  const look = async (ctx: Context): Promise<FoundStack> => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const { owner } = await preflight(dokploy, ctx.signal);
    const found = await find(dokploy, ctx);
    const missing = lacks(owner, [
      ...(["service.delete", "deployment.read"] as const),
      ...(found.domainIds.length === 0 ? [] : (["domain.delete"] as const)),
      ...(found.projectGoes ? (["project.delete"] as const) : []),
    ]);
    if (missing.length === 0) return found;
    throw new AppError(
      "remote-refused",
      `The API key's owner may not ${wordsOf(missing)}. Give that user the right in Dokploy, then try again.`,
    );
  };
  return {
    run: look,
    readsOnly: true,
    plan: async (ctx) => {
      const result = await look(ctx);
      return { lines: result.parts.map((part) => says(`Removes ${part}.`)), result };
    },
    detail: ({ parts }) => `There ${parts.length === 1 ? "is" : "are"} ${parts.join(", ")}`,
    weightMs: 1_000,
  };
};

const find = async (dokploy: Dokploy, { input, signal }: Context): Promise<FoundStack> => {
  const projects = (await dokploy.projects(signal)).filter(({ name }) => name === projectName(input));
  const held = projects.flatMap((project) => {
    const services = project.environments.flatMap((environment) => environment.services);
    return services
      .flatMap(({ kind, name, id }) =>
        name === applicationName(input) && (kind === "application" || kind === "compose")
          ? [{ project, one: deployable(kind, id) }]
          : [],
      )
      .map((found) => ({ ...found, others: services.filter(({ id }) => id !== idOf(found.one)) }));
  });
  const [stack, other] = held;
  if (stack === undefined) throw notThere(input, projects);
  if (other !== undefined)
    throw new AppError(
      "conflict",
      `Dokploy has ${held.length} stacks “${applicationName(input)}”, and nothing tells which is meant. Remove all but one there.`,
    );
  const { project, one, others } = stack;
  const details = await detailsOf(dokploy, one, signal);
  const domains = await dokploy.domains(one, signal);
  const environments = project.environments.filter((one) => !one.isDefault && one.name !== "production");
  const left = [
    ...others.map(({ kind, name }) => `the ${kind} “${name}”`),
    ...environments.map(({ name }) => `the environment “${name}”`),
  ];
  const projectGoes = left.length === 0;
  return {
    projectId: project.projectId,
    project: project.name,
    ...bare(one),
    application: details.name,
    appName: details.appName,
    serverId: details.serverId,
    domainIds: domains.map(({ domainId }) => domainId),
    projectGoes,
    parts: [
      `the ${wordOf(one)} “${details.name}” with what runs of it`,
      ...domains.map(({ host, path }) => `the domain ${host}${path === "/" ? "" : path}`),
      ...(projectGoes ? [`the project “${project.name}”`] : []),
    ],
    stays: [
      ...volumesOf(details),
      ...(projectGoes ? [] : [`the project “${project.name}”, which also holds ${left.join(", ")}`]),
    ],
  };
};

const volumesOf = (details: Awaited<ReturnType<typeof detailsOf>>): string[] => [
  ...("composeId" in details
    ? [
        `the volumes that its file names, with what they hold; on the server “docker volume ls --filter label=com.docker.compose.project=${details.appName}” lists them`,
      ]
    : []),
  ...details.mounts
    .filter(({ volumeName }) => volumeName !== null)
    .map(
      ({ volumeName, mountPath }) =>
        `the volume “${volumeName}” of ${mountPath} with what it holds; on the server “docker volume rm ${volumeName}” removes it`,
    ),
];

const notThere = (input: RemovalInput, projects: readonly Project[]): AppError =>
  new AppError(
    "not-found",
    projects.length === 0
      ? `This API key sees no stack “${input.name}” (the project “${projectName(input)}”).`
      : `The project “${projectName(input)}” holds no application “${applicationName(input)}”, so it is no stack of Milepost's. It stays; remove it in Dokploy when it is no longer needed.`,
    { field: "name" },
  );
