import { idOf as bare, kindOf } from "#connectors/dokploy/bodies.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { idOf, wordOf } from "#stacks/service.ts";
import type { RemovalInput } from "#workflows/remove-stack/input.ts";
import type { FoundStack } from "./looking.ts";

/** Domains, application, project, in this order: Dokploy's `project.remove` alone would leave its services running. */
export const removeStack = (
  deps: StackDeps,
): DoOptions<RemovalInput, { looking: FoundStack }, { project: boolean }> => ({
  run: async (ctx) => {
    const { input, results, signal, log } = ctx;
    const { projectId, project, domainIds, application, projectGoes } = results.looking;
    const part = "composeId" in results.looking ? "Compose service" : "Application";
    const dokploy = await deps.connect(input.connectionId);
    await assertAsSeen(dokploy, results.looking, signal);
    const parts = ctx.substeps([
      ...(domainIds.length === 0 ? [] : ["Domains"]),
      part,
      ...(projectGoes ? ["Project"] : []),
    ]);
    if (domainIds.length > 0) {
      parts.begin("Domains");
      for (const domainId of domainIds) await dokploy.removeDomain(domainId, signal);
      parts.end("Domains");
    }
    parts.begin(part);
    await dokploy.remove(results.looking, signal);
    log(`Removed the ${wordOf(results.looking)} “${application}”.`);
    parts.end(part);
    if (!projectGoes) return { project: false };
    parts.begin("Project");
    const others = (await servicesOf(dokploy, projectId, signal)).filter(
      ({ id }) => id !== idOf(results.looking),
    );
    if (others.length === 0) await dokploy.removeProject(projectId, signal);
    else log(`The project “${project}” stays: somebody has put “${others[0]?.name}” into it since.`, "warn");
    parts.end("Project");
    return { project: others.length === 0 };
  },
  safeBecause:
    "What is gone already is not removed again, and what was not seen before is not removed at all.",
  plan: async ({ input, results: { looking } }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { domainIds, projectId, projectGoes } = looking;
    return {
      lines: [
        says("Removes it, as soon as that was agreed to."),
        ...domainIds.map((domainId) => sends(dokploy.request("domain.delete", { domainId }))),
        sends(
          dokploy.request(`${kindOf(looking)}.delete`, {
            ...bare(looking),
            ...("composeId" in looking && { deleteVolumes: false }),
          }),
        ),
        ...(projectGoes ? [sends(dokploy.request("project.remove", { projectId }))] : []),
      ],
      result: { project: projectGoes },
    };
  },
  weightMs: 3_000,
});

const servicesOf = async (dokploy: Dokploy, projectId: string, signal: AbortSignal) =>
  (await dokploy.projects(signal))
    .filter((project) => project.projectId === projectId)
    .flatMap(({ environments }) => environments.flatMap(({ services }) => services));

/** Domains that were added after somebody agreed were not agreed to. */
const assertAsSeen = async (dokploy: Dokploy, looking: FoundStack, signal: AbortSignal): Promise<void> => {
  const services = await servicesOf(dokploy, looking.projectId, signal);
  if (!services.some(({ id }) => id === idOf(looking))) return;
  const added = (await dokploy.domains(looking, signal)).filter(
    ({ domainId }) => !looking.domainIds.includes(domainId),
  );
  if (added.length === 0) return;
  throw new AppError(
    "conflict",
    `The stack has got domains since that nobody agreed to lose: ${added.map(({ host }) => host).join(", ")}. Nothing was removed.`,
    { wayOn: { back: "looking", why: "to look again and ask again" } },
  );
};
