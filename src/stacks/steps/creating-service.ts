import { kindOf, newComposeBody } from "#connectors/dokploy/bodies.ts";
import type { Dokploy, NewService } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { findServer } from "#stacks/find-server.ts";
import { sealFormer } from "#stacks/former.ts";
import type { StackBase } from "#stacks/input.ts";
import { notYet } from "#stacks/not-yet.ts";
import { applicationName, describe, isOurs } from "#stacks/part-names.ts";
import {
  create,
  deployable,
  detailsOf,
  idOf,
  type Kind,
  listed as listedIn,
  type UsedService,
  wordFor,
} from "#stacks/service.ts";
import { settle } from "#stacks/settle.ts";
import { assertUndoable } from "#stacks/undoable.ts";
import type { UsedProject } from "./creating-project.ts";
import type { UsedEnvironment } from "./getting-environment.ts";

type Earlier = { "creating-project": UsedProject; "getting-environment": UsedEnvironment };
type Context = StepContext<StackBase, Earlier>;

/** Finds the stack's application or compose service or makes it, in the same way as its project. */
export const createService = (deps: StackDeps, kind: Kind): DoOptions<StackBase, Earlier, UsedService> => ({
  run: async (ctx) => {
    const { input, runId, signal } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const found = await find(dokploy, kind, ctx, deps);
    if (found !== null) return found.made ? found : new Skip(existsAlready(found), found);
    const wish = { ...wishOf(ctx, runId), ...(await serverOf(dokploy, ctx)) };
    ctx.log(`There is no ${wordFor(kind)} “${wish.name}” yet; creating it.`);
    return used(await create(dokploy, kind, wish, signal), {
      ...newlyMade,
      serverId: wish.serverId ?? null,
    });
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const own = (await listed(dokploy, kind, ctx)).find(({ description }) => isOurs(description, ctx.runId));
    return own === undefined
      ? { happened: false, checked: `Dokploy lists no ${wordFor(kind)} made by this run.` }
      : {
          happened: true,
          result: used(own, { ...newlyMade, ...(await serverOf(dokploy, ctx)) }),
          checked: `Dokploy lists the ${wordFor(kind)} ${idOf(own)} as made by this run.`,
        };
  },
  undo: async (ctx) => {
    const dokploy = await deps.connect(ctx.results["creating-project"].connectionId);
    if (!(await assertUndoable(dokploy, ctx))) {
      ctx.log(`The project is gone, and the ${wordFor(kind)} with it.`);
      return null;
    }
    const { result } = ctx;
    const ours = (await listed(dokploy, kind, ctx)).filter(
      (one) => isOurs(one.description, ctx.runId) || (result?.made === true && idOf(one) === idOf(result)),
    );
    for (const one of ours) {
      const waits = await settle(dokploy, one, deps, ctx);
      if (waits !== null) return waits;
      await dokploy.remove(one, ctx.signal);
    }
    await assertRemoved(dokploy, kind, ours, ctx);
    ctx.log(
      ours.length === 0
        ? `No ${wordFor(kind)} of this run is there.`
        : `Removed the ${wordFor(kind)} “${ours[0]?.name}” and what ran of it.`,
    );
    return null;
  },
  plan: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = ctx.results["creating-project"].made ? null : await find(dokploy, kind, ctx, deps);
    if (found !== null) return { lines: [], skip: existsAlready(found), result: found };
    const wish = { ...wishOf(ctx, ctx.runId), ...(await serverOf(dokploy, ctx)) };
    return {
      lines: [
        says(`Creates the ${wordFor(kind)} “${wish.name}”.`),
        sends(dokploy.request(`${kind}.create`, kind === "compose" ? newComposeBody(wish) : { ...wish })),
      ],
      result: {
        ...deployable(kind, notYet),
        name: wish.name,
        appName: wish.appName,
        ...newlyMade,
      },
    };
  },
  detail: (used) => `Created “${used.name}” (${idOf(used)})`,
  weightMs: 2_000,
});

const wishOf = ({ input, results }: Pick<Context, "input" | "results">, runId: string): NewService => ({
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

const listed = (dokploy: Dokploy, kind: Kind, { results, signal }: Pick<Context, "results" | "signal">) =>
  listedIn(
    dokploy,
    kind,
    {
      projectId: results["creating-project"].projectId,
      environmentId: results["getting-environment"].environmentId,
    },
    signal,
  );

const newlyMade = { made: true, domainsBefore: [] as string[], former: null };

const find = async (
  dokploy: Dokploy,
  kind: Kind,
  ctx: Context,
  { secrets }: Pick<StackDeps, "secrets">,
): Promise<UsedService | null> => {
  const named = (await listed(dokploy, kind, ctx)).filter(({ name }) => name === applicationName(ctx.input));
  const own = named.find(({ description }) => isOurs(description, ctx.runId));
  if (own !== undefined) return used(own, { ...newlyMade, ...(await serverOf(dokploy, ctx)) });
  const [found, other] = named;
  if (found === undefined) {
    await assertNotOtherKind(dokploy, kind, ctx);
    return null;
  }
  if (other !== undefined) {
    throw new AppError(
      "conflict",
      `The project has ${named.length} ${wordFor(kind)}s named “${found.name}”, and nothing tells which is meant. Rename or remove all but one in Dokploy.`,
    );
  }
  const domains = await dokploy.domains(found, ctx.signal);
  const details = await detailsOf(dokploy, found, ctx.signal);
  const { serverId: wanted = details.serverId } = await serverOf(dokploy, ctx);
  if (wanted !== details.serverId) {
    throw new AppError(
      "conflict",
      `The ${wordFor(kind)} “${found.name}” runs on another server than “${ctx.input.server}”, and Dokploy cannot move it. Choose another stack name, or remove the stack there.`,
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

/** A stack is one or the other: both would be reached at the same host. */
const assertNotOtherKind = async (dokploy: Dokploy, kind: Kind, ctx: Context): Promise<void> => {
  const other = kind === "compose" ? "application" : "compose";
  const there = (await listed(dokploy, other, ctx)).find(({ name }) => name === applicationName(ctx.input));
  if (there === undefined) return;
  const how = other === "compose" ? "a compose file" : "an image";
  throw new AppError(
    "conflict",
    `The stack “${ctx.input.name}” is there already and was made of ${how}: Dokploy cannot turn its ${wordFor(other)} into ${kind === "compose" ? "a" : "an"} ${wordFor(kind)}. Choose another stack name, or remove the stack first.`,
    { field: "name" },
  );
};

type Listed = Awaited<ReturnType<typeof listed>>[number];

const used = (
  one: Listed,
  more: Pick<UsedService, "made" | "domainsBefore" | "former" | "serverId">,
): UsedService => ({
  ...deployable(kindOf(one), idOf(one)),
  name: one.name,
  appName: one.appName,
  ...more,
});

const assertRemoved = async (
  dokploy: Dokploy,
  kind: Kind,
  removed: readonly Listed[],
  ctx: Pick<Context, "results" | "signal">,
): Promise<void> => {
  if (removed.length === 0) return;
  const left = new Set((await listed(dokploy, kind, ctx)).map(idOf));
  const still = removed.find((one) => left.has(idOf(one)));
  if (still === undefined) return;
  throw new AppError(
    "remote-odd",
    `Dokploy still lists the ${wordFor(kind)} “${still.name}” (${idOf(still)}) after it was removed. Look into Dokploy, then undo again.`,
  );
};

const existsAlready = (found: UsedService): string =>
  `The ${wordFor(kindOf(found))} “${found.name}” exists already; it is updated and will stay.`;
