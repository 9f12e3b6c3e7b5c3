import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { change, idOf, kindOf, newComposeBody, newDomainBody, newVolumeBody } from "./bodies.ts";
import { type Calls, gone, linesOf } from "./calls.ts";
import type { Dokploy } from "./dokploy.ts";
import {
  anything,
  applicationAnswer,
  applicationDetails,
  composeAnswer,
  composeDetails,
  containerRow,
  deploymentRow,
  domainRow,
  environmentServices,
  taskRow,
} from "./schemas.ts";

/** The part of the client that is about what is deployed: applications and compose services, their domains, deployments and containers. */
export const serviceCalls = ({
  get,
  make,
  set,
  order,
}: Calls): Pick<
  Dokploy,
  | "applications"
  | "composes"
  | "application"
  | "compose"
  | "createApplication"
  | "createCompose"
  | "change"
  | "addVolume"
  | "removeMount"
  | "remove"
  | "domains"
  | "createDomain"
  | "removeDomain"
  | "tasks"
  | "containers"
  | "containerLog"
  | "composeLog"
  | "deploy"
  | "deployments"
  | "dropQueued"
> => {
  const servicesIn = async (projectId: string, environmentId: string, signal: AbortSignal) => {
    const about = "list what is in the project";
    const rows = await get("environment.byProjectId", about, z.array(environmentServices), signal, {
      projectId,
    });
    const found = rows.find((row) => row.environmentId === environmentId);
    if (found !== undefined) return found;
    throw new AppError(
      "not-found",
      "The environment is no longer part of the project. It may have been deleted meanwhile.",
    );
  };

  return {
    applications: async (...where) => (await servicesIn(...where)).applications,
    composes: async (...where) => (await servicesIn(...where)).compose,

    application: (applicationId, signal) =>
      get("application.one", "show the application", applicationDetails, signal, { applicationId }),

    compose: (composeId, signal) =>
      get("compose.one", "show the compose service", composeDetails, signal, { composeId }),

    createApplication: (wish, signal) =>
      make(
        "application.create",
        `create the application “${wish.name}”`,
        applicationAnswer,
        { ...wish },
        signal,
      ),

    createCompose: (wish, signal) =>
      make(
        "compose.create",
        `create the compose service “${wish.name}”`,
        composeAnswer,
        newComposeBody(wish),
        signal,
      ),

    change: (one, columns, signal) => {
      const { call, body } = change(one, columns);
      return set(call, `change the ${wordOf(one)}`, body, signal);
    },

    addVolume: async (applicationId, wish, signal) => {
      await make(
        "mounts.create",
        `mount ${wish.mountPath}`,
        anything,
        newVolumeBody(applicationId, wish),
        signal,
      );
    },

    removeMount: (mountId, signal) => gone(set("mounts.remove", "remove the mount", { mountId }, signal)),

    remove: (one, signal) => {
      // Volumes may hold somebody's work, so they stay.
      const body = "composeId" in one ? { ...idOf(one), deleteVolumes: false } : idOf(one);
      return gone(set(`${kindOf(one)}.delete`, `remove the ${wordOf(one)}`, body, signal));
    },

    domains: (of, signal) =>
      get(
        "composeId" in of ? "domain.byComposeId" : "domain.byApplicationId",
        `list the ${wordOf(of)}'s domains`,
        z.array(domainRow),
        signal,
        { ...idOf(of) },
      ),

    createDomain: (wish, signal) =>
      make("domain.create", `add the domain ${wish.host}`, domainRow, newDomainBody(wish), signal),

    removeDomain: (domainId, signal) => gone(set("domain.delete", "remove the domain", { domainId }, signal)),

    tasks: ({ appName, serverId }, signal) =>
      get("docker.getServiceContainersByAppName", "show the stack's containers", z.array(taskRow), signal, {
        appName,
        ...(serverId != null && { serverId }),
      }),

    containers: ({ appName, serverId }, signal) =>
      get(
        "docker.getContainersByAppNameMatch",
        "show the stack's containers",
        z.array(containerRow),
        signal,
        {
          appName,
          appType: "docker-compose",
          ...(serverId != null && { serverId }),
        },
      ),

    containerLog: async (applicationId, signal) =>
      linesOf(
        await get("application.readLogs", "show the containers' output", z.string(), signal, {
          applicationId,
          tail: "50",
        }),
      ),

    composeLog: async (composeId, containerId, signal) =>
      linesOf(
        await get("compose.readLogs", "show a container's output", z.string(), signal, {
          composeId,
          containerId,
        }),
      ),

    deploy: (one, wish, signal) =>
      order(`${kindOf(one)}.deploy`, "order the deployment", { ...idOf(one), ...wish }, signal),

    deployments: (of, signal) =>
      get(
        "composeId" in of ? "deployment.allByCompose" : "deployment.all",
        "list the deployments",
        z.array(deploymentRow),
        signal,
        { ...idOf(of) },
      ),

    dropQueued: (of, signal) =>
      set(`${kindOf(of)}.cleanQueues`, "drop the queued deployments", idOf(of), signal),
  };
};

const wordOf = (one: Parameters<typeof kindOf>[0]): string =>
  "composeId" in one ? "compose service" : "application";
