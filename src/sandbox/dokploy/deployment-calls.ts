import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import { findApplication, findDeployment, type World } from "./world.ts";

const kinds = ["application", "compose", "server", "schedule", "previewDeployment", "backup", "volumeBackup"];

export const deploymentCalls = ({ file: { tables }, deployments }: World): Calls => {
  const newestFirst = (applicationId: string) =>
    tables.deployments.filter((row) => row.applicationId === applicationId).toReversed();
  return {
    // One that waits has no row yet: only the queue shows it.
    "deployment.all": query(z.object({ applicationId: id }), ({ applicationId }) => {
      findApplication(tables, applicationId);
      return newestFirst(applicationId);
    }),

    "deployment.allByType": query(z.object({ id, type: z.enum(kinds) }), ({ id: ownerId, type }) => {
      if (type === "application") findApplication(tables, ownerId);
      return type === "application" ? newestFirst(ownerId).map((row) => ({ ...row, rollback: null })) : [];
    }),

    "deployment.readLogs": query(z.object({ deploymentId: id, tail }), ({ deploymentId, tail: lines }) =>
      deployments.log(findDeployment(tables, deploymentId)).slice(-lines).join("\n"),
    ),

    "deployment.queueList": query(z.unknown(), () =>
      deployments.jobs().map(({ id: jobId, applicationId, title, description, timestamp, processedOn }) => ({
        id: jobId,
        name: "deployments",
        data: {
          applicationId,
          titleLog: title,
          descriptionLog: description,
          type: "deploy",
          applicationType: "application",
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
    return environment === undefined
      ? null
      : { projectId: environment.projectId, environmentId: environment.environmentId };
  }
};
