import { randomBytes } from "node:crypto";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { listen } from "../../web/listen.ts";
import { openSite } from "../../web/site.ts";
import { atWork, threeSteps } from "./flow.ts";

/** What the server is asked to do: to begin so many runs at once. */
export interface Order {
  begin: number;
}
/** What it tells: where it answers, and when so many runs have moved, and so many are over, since it began to answer. */
export type Report = { origin: string } | { moved: number; ms: number } | { over: number };

// A process of its own: answers first, then goes on with what its database has under way, as `milepost serve` does.
const [file = ""] = process.argv.slice(2);
const report = (told: Report) => process.send?.(told);
const store = await openSqliteStore({ file, now: Date.now, random: (n) => randomBytes(n) });
const site = await openSite({
  store,
  workflows: [threeSteps()],
  world: { opened: false, overrides: { concurrency: atWork } },
});
const { origin } = await listen(site);
const since = performance.now();
const moved = new Set<string>();
let over = 0;
site.engine.listen(({ run, events }) => {
  if (!moved.has(run.id)) report({ moved: moved.add(run.id).size, ms: performance.now() - since });
  if (run.state === "completed" && events.some(({ type }) => type === "run.state")) report({ over: ++over });
});
report({ origin });
await site.engine.open();

process.on("message", async ({ begin }: Order) => {
  for (let n = 0; n < begin; n += 1) {
    void site.engine.start("flow", {}, "bench");
    await new Promise((resolve) => setImmediate(resolve));
  }
});
