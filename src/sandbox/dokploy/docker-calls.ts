import { z } from "zod";
import { type Calls, query } from "./call.ts";
import type { Task } from "./task.ts";
import type { World } from "./world.ts";

const appName = z
  .string()
  .min(1)
  .regex(/^[a-zA-Z0-9.\-_]+$/, "Invalid app name.");

/** What the swarm tells of a service's containers. */
export const dockerCalls = (world: World): Calls => ({
  // Everybody who may see the service may ask this.
  "docker.getContainersByAppNameMatch": query(
    z.object({
      appName,
      appType: z.enum(["stack", "docker-compose"]).optional(),
      serverId: z.string().optional(),
    }),
    (asked) => (isThere(asked, world) ? world.composeContainers.list(asked.appName) : []),
  ),

  "docker.getServiceContainersByAppName": query(
    z.object({ appName, serverId: z.string().optional() }),
    (asked) =>
      (isThere(asked, world) ? world.containers.tasksOf(asked.appName) : []).map((task) => ({
        containerId: task.id,
        name: `${asked.appName}.1`,
        // What the swarm wants of it, which may not be what it is.
        state: task.ending || task.current === "Failed" ? "shutdown" : "running",
        currentState: `${task.current} ${ago(world.now() - task.at)}`,
        node: "node-1",
        error: quoted(task),
      })),
  ),
});

/** Only the server on which something runs knows of its containers. */
const isThere = (asked: { appName: string; serverId?: string | undefined }, { file }: World): boolean => {
  const { applications, composes } = file.tables;
  const owner = [...applications, ...composes].find(({ appName }) => appName === asked.appName);
  return owner === undefined || owner.serverId === (asked.serverId ?? null);
};

const quoted = ({ error }: Task): string => (error === "" ? "" : `"${error}"`);

/** In Docker's words (go-units HumanDuration, lower case). */
const ago = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 1) return "less than a second ago";
  if (seconds === 1) return "1 second ago";
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "about a minute ago";
  return minutes < 60 ? `${minutes} minutes ago` : "about an hour ago";
};
