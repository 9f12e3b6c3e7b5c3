import type { Application, Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { applicationName, describe, isOurs } from "#stacks/part-names.ts";
import { settle } from "#stacks/settle.ts";
import { findServer } from "#workflows/deploy-stack/find-server.ts";
import { sealFormer } from "#workflows/deploy-stack/former.ts";
import type { StackInput } from "#workflows/deploy-stack/input.ts";
import { notYet } from "#workflows/deploy-stack/not-yet.ts";
import { assertUndoable } from "#workflows/deploy-stack/undoable.ts";
import type { UsedProject } from "./creating-project.ts";
import type { UsedEnvironment } from "./getting-environment.ts";

export interface UsedApplication {
  applicationId: string;
  name: string;
  /** Its service's name in the swarm. */
  appName: string;
  /** Where that swarm is; null, or left out by runs of earlier versions: on Dokploy's own server. */
  serverId?: string | null;
  /** Whether this run made it; what others made is never removed. */
  made: boolean;
  /** Ids of the domains that it had before this run. */
  domainsBefore: string[];
  /** What it was set to before, sealed; null: nothing, because this run made it. */
  former: string | null;
}

type Earlier = { "creating-project": UsedProject; "getting-environment": UsedEnvironment };
type Context = StepContext<StackInput, Earlier>;

/** Finds the stack's application or makes it, in the same way as its project. */
export const createApplication = (deps: StackDeps): DoOptions<StackInput, Earlier, UsedApplication> => ({
  run: async (ctx) => {
    const { input, runId, signal } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const found = await findApplication(dokploy, ctx, deps);
    if (found !== null) return found.made ? found : new Skip(existsAlready(found.name), found);
    const wish = { ...wishOf(ctx, runId), ...(await serverOf(dokploy, ctx)) };
    ctx.log(`There is no application “${wish.name}” yet; creating it.`);
    return used(await dokploy.createApplication(wish, signal), {
      ...newlyMade,
      serverId: wish.serverId ?? null,
    });
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const own = (await listed(dokploy, ctx)).find(({ description }) => isOurs(description, ctx.runId));
    return own === undefined
      ? { happened: false, checked: "Dokploy lists no application made by this run." }
      : {
          happened: true,
          result: used(own, { ...newlyMade, ...(await serverOf(dokploy, ctx)) }),
          checked: `Dokploy lists the application ${own.applicationId} as made by this run.`,
        };
  },
  undo: async (ctx) => {
    const dokploy = await deps.connect(ctx.results["creating-project"].connectionId);
    if (!(await assertUndoable(dokploy, ctx))) {
      ctx.log("The project is gone, and the application with it.");
      return null;
    }
    const ours = (await listed(dokploy, ctx)).filter(
      ({ applicationId, description }) =>
        isOurs(description, ctx.runId) ||
        (ctx.result?.made === true && applicationId === ctx.result.applicationId),
    );
    for (const application of ours) {
      const waits = await settle(dokploy, application, deps, ctx);
      if (waits !== null) return waits;
      await dokploy.removeApplication(application.applicationId, ctx.signal);
    }
    await assertRemoved(dokploy, ours, ctx);
    ctx.log(
      ours.length === 0
        ? "No application of this run is there."
        : `Removed the application “${ours[0]?.name}” and what ran of it.`,
    );
    return null;
  },
  plan: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = ctx.results["creating-project"].made ? null : await findApplication(dokploy, ctx, deps);
    if (found !== null) return { lines: [], skip: existsAlready(found.name), result: found };
    const wish = { ...wishOf(ctx, ctx.runId), ...(await serverOf(dokploy, ctx)) };
    return {
      lines: [
        says(`Creates the application “${wish.name}”.`),
        sends(dokploy.request("application.create", wish)),
      ],
      result: {
        applicationId: notYet,
        name: wish.name,
        appName: wish.appName,
        ...newlyMade,
      },
    };
  },
  detail: ({ name, applicationId }) => `Created “${name}” (${applicationId})`,
  weightMs: 2_000,
});

const wishOf = ({ input, results }: Pick<Context, "input" | "results">, runId: string) => ({
  name: applicationName(input),
  appName: applicationName(input),
  description: describe(input, runId),
  environmentId: results["getting-environment"].environmentId,
});

/** Where it is to run. Throws AppError("not-found") that names the servers there are. */
const serverOf = async (
  dokploy: Dokploy,
  { input, signal }: Pick<Context, "input" | "signal">,
): Promise<{ serverId?: string }> =>
  input.server == null ? {} : { serverId: (await findServer(dokploy, input.server, signal)).serverId };

const listed = (
  dokploy: Dokploy,
  { results, signal }: Pick<Context, "results" | "signal">,
): Promise<Application[]> =>
  dokploy.applications(
    results["creating-project"].projectId,
    results["getting-environment"].environmentId,
    signal,
  );

const newlyMade = { made: true, domainsBefore: [] as string[], former: null };

const findApplication = async (
  dokploy: Dokploy,
  ctx: Context,
  { secrets }: Pick<StackDeps, "secrets">,
): Promise<UsedApplication | null> => {
  const named = (await listed(dokploy, ctx)).filter(({ name }) => name === applicationName(ctx.input));
  const own = named.find(({ description }) => isOurs(description, ctx.runId));
  if (own !== undefined) return used(own, { ...newlyMade, ...(await serverOf(dokploy, ctx)) });
  const [found, other] = named;
  if (found === undefined) return null;
  if (other !== undefined) {
    throw new AppError(
      "conflict",
      `The project has ${named.length} applications named “${found.name}”, and nothing tells which is meant. Rename or remove all but one in Dokploy.`,
    );
  }
  const domains = await dokploy.domains(found.applicationId, ctx.signal);
  const details = await dokploy.application(found.applicationId, ctx.signal);
  const { serverId: wanted = details.serverId } = await serverOf(dokploy, ctx);
  if (wanted !== details.serverId) {
    throw new AppError(
      "conflict",
      `The application “${found.name}” runs on another server than “${ctx.input.server}”, and Dokploy cannot move it. Choose another stack name, or remove the stack there.`,
      { field: "server" },
    );
  }
  return used(found, {
    made: false,
    serverId: details.serverId,
    domainsBefore: domains.map(({ domainId }) => domainId),
    former: sealFormer(secrets, ctx.runId, details),
  });
};

const used = (
  { applicationId, name, appName }: Application,
  more: Pick<UsedApplication, "made" | "domainsBefore" | "former" | "serverId">,
): UsedApplication => ({ applicationId, name, appName, ...more });

const assertRemoved = async (
  dokploy: Dokploy,
  removed: readonly Application[],
  ctx: Pick<Context, "results" | "signal">,
): Promise<void> => {
  if (removed.length === 0) return;
  const left = new Set((await listed(dokploy, ctx)).map(({ applicationId }) => applicationId));
  const still = removed.find(({ applicationId }) => left.has(applicationId));
  if (still === undefined) return;
  throw new AppError(
    "remote-odd",
    `Dokploy still lists the application “${still.name}” (${still.applicationId}) after it was removed. Look into Dokploy, then undo again.`,
  );
};

const existsAlready = (name: string): string =>
  `The application “${name}” exists already; it is updated and will stay.`;
