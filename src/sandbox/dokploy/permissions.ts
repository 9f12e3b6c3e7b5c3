import { ApiError } from "./api-error.ts";
import type { Member } from "./faults.ts";

/** What Dokploy's access control knows, as far as stacks touch it (packages/server/src/lib/access-control.ts). */
const statements = {
  project: ["create", "delete"],
  service: ["create", "read", "delete"],
  environment: ["create", "read", "delete"],
  docker: ["read"],
  volume: ["read", "create", "delete"],
  deployment: ["read", "create", "cancel"],
  envVars: ["read", "write"],
  server: ["read", "create", "delete"],
  domain: ["read", "create", "delete"],
  logs: ["read"],
} as const;

/** What each call asks for, as the routers do; calls that are not here are everybody's. */
const needed: Readonly<Record<string, string>> = {
  "project.create": "project.create",
  "project.remove": "project.delete",
  "environment.create": "environment.create",
  "environment.remove": "environment.delete",
  "application.create": "service.create",
  "application.one": "service.read",
  "application.update": "service.create",
  "application.saveDockerProvider": "service.create",
  "application.saveEnvironment": "envVars.write",
  "application.delete": "service.delete",
  "application.deploy": "deployment.create",
  "application.start": "deployment.create",
  "application.stop": "deployment.create",
  "application.cleanQueues": "deployment.cancel",
  "application.readLogs": "logs.read",
  "compose.create": "service.create",
  "compose.one": "service.read",
  "compose.update": "service.create",
  "compose.delete": "service.delete",
  "compose.deploy": "deployment.create",
  "compose.cleanQueues": "deployment.cancel",
  "compose.readLogs": "logs.read",
  "mounts.create": "volume.create",
  "mounts.remove": "volume.delete",
  "domain.create": "domain.create",
  "domain.delete": "domain.delete",
  "domain.byApplicationId": "domain.read",
  "domain.byComposeId": "domain.read",
  "deployment.all": "deployment.read",
  "deployment.allByCompose": "deployment.read",
  "deployment.allByType": "deployment.read",
  "deployment.readLogs": "deployment.read",
  "deployment.queueList": "deployment.read",
  "docker.getServiceContainersByAppName": "docker.read",
  "server.all": "server.read",
};

/** What every member may do with what they were given. */
const ofMembers = [
  "service.read",
  "environment.read",
  "volume",
  "deployment",
  "envVars",
  "domain",
  "logs.read",
];

const may = ({ role, may: given }: Member, right: string): boolean => {
  const [resource = ""] = right.split(".");
  return (
    given.includes(right) ||
    (role === "member" && (ofMembers.includes(right) || ofMembers.includes(resource)))
  );
};

/** {"service": {"create": true, …}, …} */
export const permissionsOf = (member: Member | null) =>
  Object.fromEntries(
    Object.entries(statements).map(([resource, actions]) => [
      resource,
      Object.fromEntries(
        actions.map((action) => [action, member === null || may(member, `${resource}.${action}`)]),
      ),
    ]),
  );

/** Refuses as Dokploy refuses somebody who was not given a right. Owners may do everything. */
export const assertMay = (member: Member | null, call: string): void => {
  const right = needed[call];
  if (member === null || right === undefined || may(member, right)) return;
  throw new ApiError("UNAUTHORIZED", `unauthorized to access resource "${right.split(".")[0]}"`);
};
