import type { Task } from "#connectors/dokploy/containers.ts";
import type { Turnover } from "#stacks/turnover.ts";

const ended: ReadonlySet<string> = new Set(["failed", "rejected", "orphaned", "complete"]);

/**
 * Compares a service's containers with those that an order found. A container that ran before the order proves nothing of it, and neither
 * does one that the swarm started after a new one had failed: that is of the former version. Throws nothing.
 */
export const turnoverOf = (
  tasks: readonly Task[],
  replaces: readonly string[],
  { replicas, monitorMs }: { replicas: number; monitorMs: number },
): Turnover => {
  const fresh = tasks.filter(({ id }) => !replaces.includes(id));
  const failed = fresh.filter((task) => ended.has(task.is));
  const up = fresh.filter(({ is }) => is === "running");
  const old = tasks.filter(({ id, is }) => replaces.includes(id) && is === "running");
  if (failed.length > 0 && (replaces.length > 0 || up.length === 0))
    return { is: "failed", tasks: failed, next: replaces.length > 0 ? "goes back" : "starts again" };
  const wanted = Math.max(1, replicas);
  if (up.length < wanted) {
    const now = fresh[0] === undefined ? "none has been started yet" : `it is ${fresh[0].is}`;
    const few =
      up.length === 0
        ? `The new container does not run yet: ${now}`
        : `${up.length} of ${wanted} new containers run`;
    return { is: "under way", word: `${few}${old.length === 0 ? "" : "; the former one still answers"}.` };
  }
  if (old.length > 0)
    return { is: "under way", word: "The new container runs; the former one has not ended yet." };
  const sinceMs = Math.min(...up.map(({ forMs }) => forMs));
  if (sinceMs < monitorMs)
    return {
      is: "under way",
      word: `The new container runs since ${Math.round(sinceMs / 1_000)} s; looking whether it stays.`,
    };
  return { is: "over", what: "The new container runs and the former ones have ended." };
};
