import { randomBytes } from "node:crypto";
import { newId } from "#core/id.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { workflow } from "#core/workflow.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { createEventChannels, type Numbered } from "#web/live/event-channels.ts";
import { openWorld, realClock, silent } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const calls = 20_000;
const changes = 300;
const followers = 100;

/** What it costs a step to tell how far it is, and a run to tell all who follow it. */
export const benchNotify = async (): Promise<Figure[]> => [await benchCallback(), await benchFollowers()];

/** The seed's way beside ours: a callback that copies the state into a map, nothing else, kept by nobody. */
const benchCallback = async (): Promise<Figure> => {
  const ours: number[] = [];
  const tells = workflow("tells", "Tells", "For the bench.", start({ subject: () => "" }))
    .do("tell", "Tell", {
      run: async ({ progress }) => {
        const begun = performance.now();
        for (let done = 1; done <= calls; done += 1) progress(done, calls, "things told");
        ours.push(performance.now() - begun);
      },
    })
    .hands(() => ({ sentence: "Told." }));
  const world = await openWorld([tells]);
  const state = { phase: "deploying", status: "in_progress", progress: 0, message: "", resources: {} };
  const states = new Map<string, typeof state>();
  const notify = (next: typeof state) => states.set("dep_1", { ...next });
  const { reference } = await inTurns(
    async () => world.until(await world.start(), "completed"),
    async () => {
      for (let done = 1; done <= calls; done += 1) notify({ ...state, progress: done });
    },
    5,
  );
  await world.close();
  const about = {
    what: "A step tells its progress: gathered, kept for good within half a second",
    unit: "µs",
    than: "copying a state into a Map, kept by nobody",
    more: "worse",
  } as const;
  return figureOf(about, { ours, reference }, (ms) => (1000 * ms) / calls);
};

/** The same commit on a run that many follow and on one that nobody does. */
const benchFollowers = async (): Promise<Figure> => {
  const store = await newStore();
  const [followed, alone] = [await newRun(store), await newRun(store)];
  const feed = createLocalFeed(silent);
  const channels = createEventChannels<Frame>({
    engine: feed,
    log: silent,
    read: async (runId, after, limit) =>
      (await store.events(runId, after, limit)).map((event) => ({
        n: event.n,
        bytes: Buffer.from(JSON.stringify(event)),
      })),
  });
  let missing = 0;
  let arrived = () => {};
  const gone = new AbortController();
  for (let n = 0; n < followers; n += 1) {
    await channels.follow(followed, {
      last: 1,
      send: () => {
        missing -= 1;
        if (missing === 0) arrived();
      },
      drained: async () => {},
      end: () => {},
      signal: gone.signal,
    });
  }
  const change = (runId: string) =>
    store.change(runId, realClock.now(), () => ({ events: [{ type: "run.unlocked", by: "bench" }] }));
  const ours = async () => {
    for (let n = 0; n < changes; n += 1) {
      const recorded = await change(followed);
      missing = followers;
      const all = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      feed.tell(recorded);
      await all;
    }
  };
  const reference = async () => {
    for (let n = 0; n < changes; n += 1) await change(alone);
  };
  const took = await inTurns(ours, reference, 7);
  gone.abort();
  await store.close();
  const about = {
    what: `A change is committed, and all ${followers} who follow the run have it`,
    unit: "µs",
    than: "the same commit, followed by nobody",
    more: "worse",
  } as const;
  return figureOf(about, took, (ms) => (1000 * ms) / changes);
};

interface Frame extends Numbered {
  bytes: Uint8Array;
}

const newRun = async (store: Store): Promise<string> => {
  const id = newId(realClock.now(), (n) => randomBytes(n));
  const run = {
    id,
    workflowId: "bench",
    title: "Bench",
    subject: "",
    mode: "automatic",
    input: {},
    values: {},
    secrets: null,
    lock: null,
    createdAt: realClock.now(),
    createdBy: "bench",
    starter: "owner",
    wakeAt: null,
  } as const;
  await store.createRun(run, [], [{ type: "run.created", by: "bench" }]);
  return id;
};
