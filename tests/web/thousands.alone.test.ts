import { afterAll, beforeAll, expect, test } from "vitest";
import { readEvents } from "./event-reader.ts";
import { listen } from "./listen.ts";
import { readMessages } from "./message-reader.ts";
import { openSite, type Site } from "./site.ts";

const clientsOfEachKind = 1_000;
const rounds = 40;

let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  site = await openSite();
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

/** What both kinds of clients have in common. */
interface Reader {
  ids(): number[];
  until(holds: (count: number) => boolean): Promise<void>;
  close(): void;
}
type Connect = (runId: string, after: number) => Promise<Reader>;

const bySse: Connect = async (runId, after) => {
  const reader = await readEvents(server.origin, `/api/runs/${runId}/events?after=${after}`);
  return {
    ids: () => reader.events.map(({ id }) => id),
    until: (holds) => reader.until((events) => holds(events.length)),
    close: reader.close,
  };
};
const byWebSocket: Connect = async (runId, after) => {
  const reader = await readMessages<{ n: number }>(server.origin, `/ws/runs/${runId}?after=${after}`);
  return {
    ids: () => reader.messages.map(({ n }) => n),
    until: (holds) => reader.until((messages) => holds(messages.length)),
    close: reader.close,
  };
};

/** Numbers in [0, 1) that are the same at every run of the test (mulberry32). */
const createRandom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const metric = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await (await site.get("/metrics")).text())?.[1]);

test("1,000 event streams and 1,000 WebSockets on one run each get every event once and in order, also those that come back", async () => {
  const runId = await site.asking();
  const random = createRandom(7);
  /** Resolves with the number of the last event once nothing more happens. */
  const { promise: finished, resolve: finish } = Promise.withResolvers<number>();
  const { promise: allHere, resolve: begin } = Promise.withResolvers<void>();
  let here = 0;
  let comebacks = 0;

  const client = async (connect: Connect): Promise<number[]> => {
    const ids: number[] = [];
    let leaves = random() < 0.3 ? 1 + Math.floor(random() * 3) : 0;
    let reader = await connect(runId, 0);
    here += 1;
    if (here === 2 * clientsOfEachKind) begin();
    await allHere;
    while (leaves > 0) {
      leaves -= 1;
      const enough = 5 + Math.floor(random() * 25);
      await Promise.race([finished, reader.until((count) => count >= enough)]);
      ids.push(...reader.ids());
      reader.close();
      comebacks += 1;
      reader = await connect(runId, ids.at(-1) ?? 0);
    }
    const missing = (await finished) - (ids.at(-1) ?? 0);
    await reader.until((count) => count >= missing);
    ids.push(...reader.ids());
    reader.close();
    return ids;
  };

  const clients: Promise<number[]>[] = [];
  for (let count = 0; count < clientsOfEachKind; count += 1) {
    clients.push(client(bySse), client(byWebSocket));
    // The operating system holds only some hundred connections that nobody has accepted yet.
    if (count % 50 === 49)
      while (here < clients.length) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await allHere;
  expect(await metric("milepost_event_streams")).toBe(clientsOfEachKind);
  expect(await metric("milepost_web_sockets")).toBe(clientsOfEachKind);

  for (let round = 0; round < rounds; round += 1) {
    await site.engine.pause(runId, "Ada");
    await site.engine.resume(runId, "Ada");
    await new Promise((resolve) => setImmediate(resolve));
  }
  const last = (await site.engine.picture(runId)).lastEvent;
  expect(last).toBeGreaterThan(2 * rounds);
  finish(last);

  const expected = Array.from({ length: last }, (_, index) => index + 1).join();
  const wrong = (await Promise.all(clients)).filter((ids) => ids.join() !== expected);
  expect(wrong).toEqual([]);
  expect(comebacks).toBeGreaterThan(clientsOfEachKind / 4);
  expect(await metric("milepost_event_streams_dropped_total")).toBe(0);
  expect(await metric("milepost_web_sockets_dropped_total")).toBe(0);
});
