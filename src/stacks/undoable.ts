import type { Deployable, Dokploy, Environment } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import type { UndoContext } from "#core/step-context.ts";
import { domainsOf } from "./domains.ts";
import type { StackBase } from "./input.ts";
import { isOurs } from "./part-names.ts";
import { idOf, listed, type UsedService, wordOf } from "./service.ts";
import { sameHost } from "./taken.ts";

type Earlier = {
  "creating-project": { projectId: string; made: boolean };
  "creating-application"?: UsedService;
};

/**
 * Looks at everything that an undo would remove before it removes the first thing, so that a stack is not left half: what others have put
 * into it since would be lost. Throws AppError("conflict") that names it; then nothing was removed.
 * False when the project is gone and everything with it.
 */
export const assertUndoable = async (
  dokploy: Dokploy,
  ctx: Pick<UndoContext<StackBase, Earlier, unknown>, "input" | "results" | "runId" | "signal" | "goingBack">,
): Promise<boolean> => {
  const { results, runId, signal } = ctx;
  const project = (await dokploy.projects(signal)).find(
    ({ projectId }) => projectId === results["creating-project"].projectId,
  );
  if (project === undefined) return false;
  const all = project.environments.flatMap(({ environmentId, services }) =>
    services.map((service) => ({ ...service, environmentId })),
  );
  const ours = new Set<string>();
  for (const { environmentId } of project.environments) {
    const where = { projectId: project.projectId, environmentId };
    const there = [
      ...(await listed(dokploy, "application", where, signal)),
      ...(await listed(dokploy, "compose", where, signal)),
    ];
    for (const one of there) {
      const made = results["creating-application"];
      const own = isOurs(one.description, runId) || (made?.made === true && idOf(made) === idOf(one));
      if (!own) continue;
      ours.add(idOf(one));
      await assertNoOtherDomain(dokploy, one, ctx);
    }
  }
  // Where the run goes on afterwards, its project stays.
  if (ctx.goingBack || !results["creating-project"].made) return true;
  const environments = project.environments.some((one) => !isUsual(one))
    ? await dokploy.environments(project.projectId, signal)
    : [];
  const others = [
    ...all.filter(({ id }) => !ours.has(id)).map(({ kind, name }) => `the ${kind} “${name}”`),
    ...environments
      .filter((one) => !isUsual(one) && !isOurs(one.description, runId))
      .map((one) => `the environment “${one.name}”`),
  ];
  if (others.length === 0) return true;
  throw new AppError(
    "conflict",
    `The project “${project.name}” holds what this run did not make: ${others.join(", ")}. Nothing was removed. Move or remove that in Dokploy, then undo again.`,
  );
};

const isUsual = ({ isDefault, name }: Pick<Environment, "isDefault" | "name">): boolean =>
  isDefault || name === "production";

const assertNoOtherDomain = async (
  dokploy: Dokploy,
  one: Deployable & { name: string },
  { input, signal }: { input: StackBase; signal: AbortSignal },
): Promise<void> => {
  const left = (await dokploy.domains(one, signal)).filter(
    ({ host }) => !domainsOf(input).some((wanted) => sameHost(wanted.host, host)),
  );
  if (left.length === 0) return;
  const hosts = left.map(({ host }) => host).join(", ");
  throw new AppError(
    "conflict",
    `The ${wordOf(one)} “${one.name}” has domains that this run did not add: ${hosts}. Nothing was removed. Remove them in Dokploy, then undo again.`,
  );
};
