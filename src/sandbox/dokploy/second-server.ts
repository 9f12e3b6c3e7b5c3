import { ApiError } from "./api-error.ts";
import { organizationId } from "./rows.ts";
import { timestamp, type World } from "./world.ts";

const serverId = "this-machine-second";

/** As a row of `server.all`, from Dokploy's schema (db/schema/server.ts). It has a queue of its own, and its containers are seen only when it is asked. */
export const secondServer = (world: World) => {
  const { applications, composes } = world.file.tables;
  return {
    serverId,
    name: "second",
    description: "As if it were another machine",
    ipAddress: "127.0.0.1",
    port: 22,
    username: "root",
    appName: "server-second",
    enableDockerCleanup: false,
    createdAt: timestamp(world),
    organizationId,
    serverStatus: "active",
    serverType: "deploy",
    command: "",
    sshKeyId: null,
    totalSum: [...applications, ...composes].filter((one) => one.serverId === serverId).length,
  };
};

/** An unknown one is refused by the database, of which Dokploy says no more than this. */
export const assertServer = (wanted: string | null | undefined, refusal: string): void => {
  if (wanted != null && wanted !== serverId) throw new ApiError("BAD_REQUEST", refusal);
};
