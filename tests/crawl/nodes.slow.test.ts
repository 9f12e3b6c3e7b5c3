import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { startNode, startRun } from "../main/node-process.ts";
import { pressThrough, untilRun } from "../main/server-process.ts";
import { html, serveSite } from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const pages = 400;
/** Slow enough for another node to start meanwhile, until it is told to be quick. */
const slowSite = async () => {
  let answersAfterMs = 1_500;
  const site = await serveSite(async (request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    await wait(answersAfterMs);
    const links = Array.from({ length: pages }, (_, index) => `/${index}`);
    return response.writeHead(200, { "content-type": "text/html" }).end(html("x", ...links));
  });
  return {
    ...site,
    beQuick: () => {
      answersAfterMs = 5;
    },
  };
};

const pagesOf = (run: RunPicture): number => run.steps.find(({ id }) => id === "crawl")?.progress?.done ?? 0;

test("a crawl goes on at another worker when its own is killed: no page that was kept is asked for again", async () => {
  const database = await server.fresh();
  const web = await startNode(database, "web");
  const first = await startNode(database, "worker");
  const site = await slowSite();
  const asked = () => site.asked.map(({ path }) => path).filter((path) => path !== "/robots.txt");
  const id = await startRun(web, "crawl-site", { url: site.origin, maxPages: "1000" });
  await untilRun(web, id, (run) => pagesOf(run) > 10);
  const second = await startNode(database, "worker");
  const told = pagesOf(await untilRun(web, id, () => true));
  await first.end("SIGKILL");
  const before = asked().length;
  site.beQuick();
  const done = await untilRun(web, id, ({ state }) => state !== "running" && state !== "waiting");
  expect(done).toMatchObject({
    state: "completed",
    outcome: { sentence: expect.stringContaining(`${pages + 1} URLs`) },
  });
  expect(told).toBeLessThan(pages);
  expect(new Set(asked()).size).toBe(pages + 1);
  const again = asked().length - (pages + 1);
  // Those that were under way when it was killed, and those that it had not told of yet.
  expect(again).toBeLessThanOrEqual(before - told);
  expect(again).toBeLessThanOrEqual(16);

  const third = await startNode(database, "worker");
  await second.end("SIGKILL");
  const exporting = await startRun(web, "botify-export", { connection: "this-machine" });
  await pressThrough(web, exporting);
  const exported = await untilRun(web, exporting, ({ state }) => state !== "waiting" && state !== "running");
  expect(exported.state).toBe("completed");
  expect(await third.end("SIGTERM"), third.said()).toBe(0);
});
