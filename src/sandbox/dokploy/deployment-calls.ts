import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import { findCompose, findDeployment, type World } from "./world.ts";

const kinds = ["application", "compose", "server", "schedule", "previewDeployment", "backup", "volumeBackup"];

export const deploymentCalls = ({ file: { tables }, deployments }: World): Calls => {
  const newestFirst = (ownerId: string) =>
    tables.deployments
      .filter((row) => row.applicationId === ownerId || row.composeId === ownerId)
      .toReversed()
      .map((row) => ({ ...row, ...noneOfOthers, composeId: row.composeId }));
  return {
    // One that waits has no row yet: only the queue shows it.
    "deployment.all": query(z.object({ applicationId: id }), ({ applicationId }) => {
      return newestFirst(applicationId);
    }),

    "deployment.allByCompose": query(z.object({ composeId: id }), ({ composeId }) => {
      findCompose(tables, composeId);
      return newestFirst(composeId);
    }),

    "deployment.allByType": query(z.object({ id, type: z.enum(kinds) }), ({ id: ownerId, type }) => {
      return type === "application" || type === "compose"
        ? newestFirst(ownerId).map((row) => ({ ...row, rollback: null }))
        : [];
    }),

    "deployment.readLogs": query(z.object({ deploymentId: id, tail }), ({ deploymentId, tail: lines }) =>
      deployments
        .log(findDeployment(tables, deploymentId))
        .slice(-lines)
        .map((line) => `${line}\n`)
        .join(""),
    ),

    "deployment.queueList": query(z.unknown(), () =>
      // Newest first: the one that runs is the last.
      deployments
        .jobs()
        .toReversed()
        .map(
          ({
            id: jobId,
            applicationId,
            composeId,
            serverId,
            title,
            description,
            timestamp,
            processedOn,
          }) => ({
            id: jobId,
            name: "deployments",
            data: {
              ...(composeId === undefined ? { applicationId } : { composeId }),
              titleLog: title,
              descriptionLog: description,
              type: "deploy",
              applicationType: composeId === undefined ? "application" : "compose",
              server: serverId !== null,
              ...(serverId !== null && { serverId }),
            },
            timestamp,
            ...(processedOn === null ? {} : { processedOn }),
            state: processedOn === null ? "waiting" : "active",
            servicePath: servicePath(applicationId ?? composeId ?? ""),
          }),
        ),
    ),

    // The deployment of an image has no process of its own that could be ended.
    "deployment.killProcess": mutation(z.object({ deploymentId: id }), ({ deploymentId }) => {
      findDeployment(tables, deploymentId);
      throw new ApiError("BAD_REQUEST", "Deployment is not running");
    }),
  };

  function servicePath(ownerId: string) {
    const compose = tables.composes.find((row) => row.composeId === ownerId);
    const owner = compose ?? tables.applications.find((row) => row.applicationId === ownerId);
    const environment = tables.environments.find((row) => row.environmentId === owner?.environmentId);
    if (environment === undefined) return null;
    const { projectId, environmentId } = environment;
    return {
      href: `/dashboard/project/${projectId}/environment/${environmentId}/services/${compose === undefined ? "application" : "compose"}/${ownerId}`,
      label: compose === undefined ? "Application" : "Compose",
    };
  }
};

/** What a deployment belongs to when it is not an application's. */
export const noneOfOthers = {
  composeId: null,
  serverId: null,
  isPreviewDeployment: false,
  previewDeploymentId: null,
  scheduleId: null,
  backupId: null,
  rollbackId: null,
  volumeBackupId: null,
  buildServerId: null,
};
