import { hostname } from "node:os";
import type { ConnectionBook } from "#connections/book.ts";
import { connectionWith } from "#connections/connection-with.ts";
import type { AccessBook } from "#core/access.ts";
import type { Clock } from "#core/clock.ts";
import type { Feed } from "#core/feed.ts";
import type { Files } from "#core/files.ts";
import { newId, type Random } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import { usualRetry } from "#core/retry.ts";
import type { Store } from "#core/store.ts";
import type { EngineDeps } from "#engine/deps.ts";
import { createLocalDispatch } from "#engine/dispatch/local-dispatch.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { createEngine, type Engine } from "#engine/engine.ts";
import { createMayUse } from "#people/may-use.ts";
import type { SharedNode } from "#store/postgres/node.ts";
import type { Config } from "./config.ts";
import { logRuns } from "./log-runs.ts";
import { assertRoom, assertTurn } from "./room.ts";

interface MakeEngineDeps
  extends Pick<EngineDeps, "workflows" | "secrets" | "longLines">,
    Pick<Config, "limits"> {
  store: Store;
  /** Null: this process is the only one. */
  node: SharedNode | null;
  clock: Clock;
  files: Files;
  access: AccessBook;
  connections: Pick<ConnectionBook, "all" | "kind">;
  log: Log;
  random: Random;
  /** Nothing new is begun when the disk has less than this left. */
  minimumFreeBytes: number;
}

/** Runs that are worked on at the same time. Most of them wait for somebody else, so it is no matter of cores. */
const mostAtWork = 200;
const leaseMs = 30_000;

/** The engine of this process. Nothing runs before it is opened. */
export const makeEngine = ({
  store,
  node,
  clock,
  access,
  connections,
  log,
  random,
  limits,
  minimumFreeBytes,
  ...deps
}: MakeEngineDeps): Engine => {
  const local = createLocalFeed(log);
  logRuns(local, log);
  const feed = node === null ? local : both(local, node.feed);
  const worker = node?.name ?? `${hostname()}/${process.pid}`;
  return createEngine(
    {
      ...deps,
      store,
      feed,
      clock,
      log,
      random: Math.random,
      newId: () => newId(clock.now(), random),
      worker,
      concurrency: mostAtWork,
      stopGraceMs: 5_000,
      leaseMs: node?.leaseMs ?? leaseMs,
      ...(node === null ? {} : { isAlone: false, others: node.others }),
      assertRoom: async (who) => {
        await assertRoom(deps.files, minimumFreeBytes);
        await assertTurn(store, who, limits.runs);
      },
      assertMayUse: createMayUse({ accounts: store.accounts, access }),
      connectionWith: connectionWith(connections),
      retry: usualRetry,
    },
    node?.dispatch ?? createLocalDispatch({ store, clock, log, worker, leaseMs }),
  );
};

/** What this process commits is written in its own log, and told to all. */
const both = (own: Feed, all: Feed): Feed => ({
  tell: (recorded) => {
    own.tell(recorded);
    all.tell(recorded);
  },
  listen: (hear) => all.listen(hear),
});
