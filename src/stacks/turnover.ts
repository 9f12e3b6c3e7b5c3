import type { Task } from "#connectors/dokploy/containers.ts";

/** How far the containers of an order have taken the place of those before. */
export type Turnover =
  /** The new ones run and have stayed, and the old ones are gone. `what` says so. */
  | { is: "over"; what: string }
  | { is: "under way"; word: string }
  /** A new one ended. `next`: what becomes of it; a swarm goes back to a former version where there was one. */
  | {
      is: "failed";
      tasks: Pick<Task, "is" | "error">[];
      next: "goes back" | "starts again" | "stays down";
    };
