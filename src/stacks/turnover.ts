import type { Task } from "#connectors/dokploy/containers.ts";

/** How far the containers of an order have taken the place of those before. */
export type Turnover =
  /** The new ones run and have stayed, and the old ones are gone. `what` says so. */
  | { is: "over"; what: string }
  | { is: "under way"; word: string }
  /** A new one ended. Where there was a former version, the swarm goes back to it. */
  | { is: "failed"; tasks: Pick<Task, "is" | "error">[]; goesBack: boolean };
