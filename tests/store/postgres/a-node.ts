import { randomBytes } from "node:crypto";
import type { Log } from "#core/log.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { openNode, type SharedNode } from "#store/postgres/node.ts";
import { flow, openWorld, silent, type World } from "../../engine/world.ts";

interface NodeOptions {
  name: string;
  works: boolean;
  log?: Log;
  concurrency?: number;
  version?: string;
}

/** A node as `milepost serve` opens one: its store, feed, dispatch and clock, and an engine on them. */
export const openANode = async (
  url: string,
  { name, works, log = silent, concurrency = 20, version = "0.0.0" }: NodeOptions,
  workflows: Parameters<typeof openWorld>[0],
): Promise<World & { node: SharedNode }> => {
  const random = (n: number) => randomBytes(n);
  const node = await openNode({
    ...{ url, name, random, log, local: createLocalFeed(log) },
    role: works ? "worker" : "web",
    version,
  });
  const { store, feed, clock, leaseMs } = node;
  const world = await openWorld(workflows, {
    store,
    log,
    opened: works,
    dispatch: node.dispatch,
    overrides: { feed, clock, worker: name, leaseMs, isAlone: false, others: node.others, concurrency },
  });
  return { ...world, node };
};

/** Steps that only say that they ran. */
export const steps = (names: readonly string[], run: (key: string, signal: AbortSignal) => Promise<void>) =>
  names
    .reduce(
      (made, name) =>
        made.do(name, name, {
          run: ({ key, signal }: { key: string; signal: AbortSignal }) => run(key, signal),
          safeBecause: "it only counts",
        }) as never,
      flow(),
    )
    .hands(() => ({ sentence: "Done." }));
