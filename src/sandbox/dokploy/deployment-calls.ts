import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import { findDeployment, type World } from "./world.ts";

const kinds = ["application", "compose", "server", "schedule", "previewDeployment", "backup", "volumeBackup"];

export const deploymentCalls = ({ file: { tables }, deployments }: World): Calls => {
  const newestFirst = (applicationId: string) =>
    tables.deployments
      .filter((row) => row.applicationId === applicationId)
      .toReversed()
      .map((row) => ({ ...row, ...noneOfOthers }));
  return {
    // One that waits has no row yet: only the queue shows it.
    "deployment.all": query(z.object({ applicationId: id }), ({ applicationId }) => {
      return newestFirst(applicationId);
    }),

    "deployment.allByType": query(z.object({ id, type: z.enum(kinds) }), ({ id: ownerId, type }) => {
      return type === "application" ? newestFirst(ownerId).map((row) => ({ ...row, rollback: null })) : [];
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
        .map(({ id: jobId, applicationId, title, description, timestamp, processedOn }) => ({
          id: jobId,
          name: "deployments",
          data: {
            applicationId,
            titleLog: title,
            descriptionLog: description,
            type: "deploy",
            applicationType: "application",
            server: false,
          },
          timestamp,
          ...(processedOn === null ? {} : { processedOn }),
          state: processedOn === null ? "waiting" : "active",
          servicePath: servicePath(applicationId),
        })),
    ),

    // The deployment of an image has no process of its own that could be ended.
    "deployment.killProcess": mutation(z.object({ deploymentId: id }), ({ deploymentId }) => {
      findDeployment(tables, deploymentId);
      throw new ApiError("BAD_REQUEST", "Deployment is not running");
    }),
  };

  function servicePath(applicationId: string) {
    const application = tables.applications.find((row) => row.applicationId === applicationId);
    const environment = tables.environments.find((row) => row.environmentId === application?.environmentId);
    if (environment === undefined) return null;
    const { projectId, environmentId } = environment;
    return {
      href: `/dashboard/project/${projectId}/environment/${environmentId}/services/application/${applicationId}`,
      label: "Application",
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
