import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import type { WaitContext } from "#core/step-context.ts";
import { tasksIfAllowed } from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import type { UsedService } from "#stacks/service.ts";
import type { Deployed } from "#stacks/steps/deploying.ts";
import type { Containers } from "#stacks/steps/verifying-health.ts";
import { turnoverOf } from "./turnover.ts";

type Context = Pick<
  WaitContext<unknown, { "creating-application": UsedService; deploying: Deployed }>,
  "results" | "signal"
>;

/** The containers of an application, which the swarm replaces. */
export const swarmContainers = ({ monitorMs }: Pick<StackDeps, "monitorMs">): Containers => ({
  async look(dokploy, { results, signal }: Context) {
    const { replaces } = results.deploying;
    if (replaces === null || replaces === undefined) return null;
    const used = results["creating-application"];
    const tasks = await tasksIfAllowed(dokploy, used, signal);
    if (tasks === null) return null;
    const { replicas } = (await dokploy.application(idIn(used), signal)).columns;
    return turnoverOf(tasks, replaces, { replicas, monitorMs });
  },
  output: (dokploy: Dokploy, { results, signal }: Context) =>
    dokploy.containerLog(idIn(results["creating-application"]), signal),
  plan: "Looks whether the new container runs and stays, and whether the former ones have ended.",
});

const idIn = (used: UsedService): string => {
  if ("applicationId" in used) return used.applicationId;
  throw new Error("a stack of an image is an application");
};
