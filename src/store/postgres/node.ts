import type { Dispatch } from "#core/dispatch.ts";
import { AppError } from "#core/errors.ts";
import type { Feed } from "#core/feed.ts";
import type { Random } from "#core/id.ts";
import type { Log } from "#core/log.ts";
import type { Moments } from "#core/moments.ts";
import type { Nodes } from "#core/nodes.ts";
import type { Others } from "#core/others.ts";
import type { Store } from "#core/store.ts";
import { type Announcements, openAnnouncements } from "./announcements.ts";
import { type DatabaseClock, openDatabaseClock } from "./database-clock.ts";
import { standForDuty } from "./duty.ts";
import { memberName, members } from "./members.ts";
import { openMoments } from "./moments.ts";
import { openUpToDate, storeOn } from "./open.ts";
import { plainError } from "./plain-error.ts";
import { createQueueDispatch } from "./queue-dispatch.ts";
import { openRunQueue } from "./run-queue.ts";
import { createSharedFeed } from "./shared-feed.ts";

interface NodeOptions {
  url: string;
  /** Names this process among the others, also after its end. */
  name: string;
  role: "all" | "web" | "worker";
  version: string;
  random: Random;
  log: Log;
  /** Whoever listens in this process. */
  local: Feed;
}

/** One of several processes that do the same work over one PostgreSQL: all that they share. */
export interface SharedNode extends Nodes {
  /** A claim that is not prolonged for this long is up for another node. */
  leaseMs: number;
  store: Store;
  clock: DatabaseClock;
  feed: Feed;
  dispatch: Dispatch;
  others: Others;
  moments: Moments;
  /** Stands for what exactly one node does. */
  stand(duty: { begin(): Promise<void>; end(): Promise<void> }): { close(): Promise<void> };
}

/** Sooner than the queue takes a worker for dead: who is handed its run then may claim it. */
const leaseMs = 8_000;

/** Looks a few times; whoever is frozen does it when it wakes up. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 20 && !(await holds()); looks++)
    await new Promise((resolve) => setTimeout(resolve, 100));
};

/** A node that comes says so; that one went need not be known at once. */
const lookAtNodesMs = 5_000;
/**
 * What others committed a worker needs to know only for its own runs, such as that one is to be cancelled, and what there is to do for it comes
 * first; browsers show it to people.
 */
const workersReading = { gatherMs: 100, patienceMs: 25 };
const browsersReading = { gatherMs: 15, patienceMs: 0 };
const wordOfNewNode = "nodes";

const wordToDrain = (name: string, on: boolean): string => `${on ? "drain" : "undrain"} ${name}`;

/** Throws what `openPostgresStore` throws. Closing the store closes it all. */
export const openNode = async (options: NodeOptions): Promise<SharedNode> => {
  const { url, name, role, version, random, log, local } = options;
  const works = role !== "web";
  const pool = await openUpToDate(url);
  try {
    const clock = await openDatabaseClock(pool);
    const moments = await openMoments(pool, clock.now);
    const hearers = new Set<(what: string) => void>();
    let runsMended = 0;
    // Nothing is heard before all is there that hears.
    let announcements: Announcements | null = null;
    const say: Announcements["say"] = (words) => announcements?.say(words);
    const queue = await openRunQueue({
      ...{ pool, works, node: name, log, now: clock.now },
      committed: () => dispatch.wake(),
      mended: () => {
        dispatch.wake();
        say({ work: true });
      },
    });
    const store = storeOn(pool, { now: clock.now, random, queue });
    const feed = createSharedFeed({
      local,
      store,
      clock,
      log,
      say,
      hears: () => announcements?.hears() ?? false,
      ...(role === "worker" ? workersReading : browsersReading),
    });
    let mixed: { is: Promise<boolean>; at: number } | null = null;
    const isMixed = (): Promise<boolean> => {
      if (mixed === null || clock.now() - mixed.at > lookAtNodesMs)
        mixed = {
          is: members(pool).then(
            (all) => all.some((one) => one.version !== version),
            (error: unknown) => {
              mixed = null;
              throw error;
            },
          ),
          at: clock.now(),
        };
      return mixed.is;
    };
    const dispatch = createQueueDispatch({
      ...{ store, queue, clock, log, worker: name, leaseMs },
      isMixed,
      mended: (runs) => {
        runsMended += runs;
      },
    });
    let isDraining = false;
    const drain = async (on: boolean): Promise<void> => {
      isDraining = on;
      await dispatch.rest(on);
      log.info({}, on ? "this node takes no more runs" : "this node takes runs again");
      await announcements?.rename();
    };
    announcements = openAnnouncements({
      ...{ url, node: name, log, called: () => memberName(role, version, name, isDraining) },
      hear: (words) => {
        feed.hear(words);
        for (const what of words.about) for (const hear of hearers) hear(what);
        if (words.about.includes(wordOfNewNode)) mixed = null;
        for (const on of [true, false])
          if (words.about.includes(wordToDrain(name, on)))
            drain(on).catch((error: unknown) =>
              log.warn({ err: error }, "others do not see that this node rests"),
            );
        if (words.work) dispatch.wake();
      },
      missed: () => {
        mixed = null;
        say({ about: [wordOfNewNode] });
        feed.catchUp();
        for (const hear of hearers) hear("missed");
        dispatch.wake();
      },
    });
    return {
      name,
      leaseMs,
      clock,
      feed,
      dispatch,
      moments,
      others: {
        say: (what) => say({ about: [what] }),
        listen: (hear) => {
          hearers.add(hear);
          return () => hearers.delete(hear);
        },
      },
      all: () => members(pool),
      mended: () => runsMended,
      drain: async (which, on) => {
        const found = (await members(pool)).find((one) => one.name === which);
        if (found === undefined) throw new AppError("not-found", "There is no such process any more.");
        if (found.role === "web") throw new AppError("not-allowed-now", "A web node takes no runs.");
        if (which === name) return drain(on);
        say({ about: [wordToDrain(which, on)] });
        await until(async () =>
          (await members(pool)).every((one) => one.name !== which || one.isDraining === on),
        );
      },
      stand: (duty) => standForDuty({ url, log, ...duty }),
      store: {
        ...store,
        close: async () => {
          await announcements?.close();
          await feed.close();
          await queue.close();
          clock.close();
          await store.close();
        },
      },
    };
  } catch (error) {
    await pool.end();
    throw plainError(error);
  }
};
