import { expect, onTestFinished, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import { createHistory } from "#engine/commit/history.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { oneStep, openWorld, realClock } from "./world.ts";

const log = { info: () => {}, warn: () => {}, error: () => {} };

test("a process that completes no runs itself learns of those that others complete, by the feed and without reading the past again", async () => {
  const worker = createLocalFeed(log);
  const web = createLocalFeed(log);
  const world = await openWorld([oneStep({ run: async () => ({}) })], { overrides: { feed: worker } });
  onTestFinished(() => world.close());
  let reads = 0;
  const past: typeof world.store.past = (...given) => {
    reads++;
    return world.store.past(...given);
  };
  const history = createHistory({ past }, web, realClock);
  onTestFinished(() => history.close());
  expect(await history.of("flow")).toBeNull();
  // What goes from one process to another is data.
  worker.listen((recorded) => web.tell(JSON.parse(JSON.stringify(recorded)) as Recorded));
  for (const runs of [1, 2, 3]) {
    await world.until(await world.start(), "completed");
    expect((await history.of("flow"))?.runs).toBe(runs);
  }
  expect(reads).toBe(1);
});
