import { connect } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { RunSwaps } from "#views/run/swaps.tsx";
import { encoded, forReader } from "#web/encoded.ts";
import { draw, lacking, readSeen } from "#web/live/drawing.tsx";
import { realClock } from "../engine/world.ts";
import { pictures } from "../views/samples/pictures.ts";
import { readEvents } from "../web/event-reader.ts";
import { listen } from "../web/listen.ts";
import { openSite, type Site } from "../web/site.ts";
import { budget } from "./budget.ts";
import { countedStore } from "./counted-store.ts";

const { store, statements } = countedStore();
/** Timers that are set, of what the web layer holds open. */
const timers = new Set<object>();
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  const after = (ms: number, call: () => void) => {
    const timer = {};
    timers.add(timer);
    const stop = realClock.after(ms, () => {
      timers.delete(timer);
      call();
    });
    return () => {
      timers.delete(timer);
      stop();
    };
  };
  site = await openSite({ store, deps: { clock: { now: realClock.now, after } } });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

/** All bytes of the answer, as a browser's connection carries them. */
const overWire = (path: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(new URL(server.origin).port), "127.0.0.1", () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost:3000\r\nCookie: ${site.cookie}\r\nAccept-Encoding: gzip, br\r\n\r\n`,
      ),
    );
    socket.on("error", reject);
    socket.on("data", (part) => {
      parts.push(part);
      const all = Buffer.concat(parts);
      const head = all.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(all.toString("latin1", 0, head))?.[1] ?? 0);
      if (head < 0 || all.length < head + 4 + length) return;
      socket.destroy();
      resolve(all);
    });
  });
const renders = async () =>
  Number(/^milepost_renders_total (\d+)$/m.exec(await (await site.get("/metrics")).text())?.[1]);
const pollOf = (html: string) => /hx-get="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";

test("a poll of a run in which nothing has happened asks the database nothing and is told so in one line", async () => {
  const poll = pollOf(await (await site.get(`/runs/${await site.asking()}`)).text());
  await overWire(poll);
  const before = { statements: statements(), renders: await renders() };
  // The look at the metrics counts runs.
  const after = statements();
  for (let n = 0; n < 20; n += 1) {
    const answer = await overWire(poll);
    expect(answer.toString("latin1")).toMatch(/^HTTP\/1.1 204 /);
    expect(answer.length).toBeLessThanOrEqual(budget.unchangedPoll.bytes);
  }
  expect(statements() - after).toBe(budget.unchangedPoll.statements);
  expect((await renders()) - before.renders).toBe(budget.unchangedPoll.renders);
});

test("a change is drawn once for all pages, and asks the database nothing once it is", async () => {
  const runId = await site.asking();
  const poll = `/runs/${runId}/progress?v=0`;
  const before = await renders();
  await Promise.all(Array.from({ length: 100 }, () => overWire(poll)));
  const after = statements();
  for (let n = 0; n < 20; n += 1)
    expect((await overWire(poll)).length).toBeLessThanOrEqual(budget.changedPoll.bytes);
  expect(statements() - after).toBe(budget.changedPoll.statementsOnceRendered);
  expect((await renders()) - before).toBe(budget.changedPoll.renders);
});

test("everything of a run in whatever state fits into what a changed poll may bring", async () => {
  for (const [name, picture] of Object.entries(pictures)) {
    const drawing = draw({ picture, now: null, handOver: false }, null, () => "series");
    const all = encoded(String(RunSwaps(lacking(drawing, readSeen(undefined)))));
    const { bytes } = await forReader(all, "gzip, deflate, br, zstd");
    expect([name, bytes.length <= budget.changedPoll.bytes]).toEqual([name, true]);
  }
});

test("the first page that a browser opens loads few files, and few bytes", async () => {
  const path = `/runs/${await site.asking()}`;
  const html = await (await site.get(path)).text();
  const files = [...html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map(([, file = ""]) => file);
  // Beside these the page holds one stream open, for its log.
  expect(1 + files.length + 1).toBeLessThanOrEqual(budget.firstVisit.requests);
  const answers = await Promise.all([path, ...files].map(overWire));
  for (const answer of answers) expect(answer.toString("latin1")).toMatch(/^HTTP\/1.1 200 /);
  const bytes = answers.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThanOrEqual(budget.firstVisit.bytes);
});

test("an answer that is a text goes out without being made a stream and read again", async () => {
  // The runtime's own, below the one that @hono/node-server put in its place.
  const read = vi.spyOn(Object.getPrototypeOf(Response.prototype) as Response, "text");
  expect((await overWire("/api/version")).toString("latin1")).toMatch(/"version":"0.0.0"/);
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
});

test("a hundred event streams that open at once share the reading of what was and one timer", async () => {
  const runId = await site.asking();
  const last = (await site.engine.picture(runId)).lastEvent;
  const { events } = store;
  let reads = 0;
  store.events = (...asked) => {
    reads += 1;
    return events(...asked);
  };
  const before = timers.size;
  const readers = await Promise.all(
    Array.from({ length: 100 }, () => readEvents(server.origin, `/api/runs/${runId}/events`)),
  );
  await Promise.all(readers.map((reader) => reader.until((seen) => seen.length === last)));
  expect(reads).toBeLessThanOrEqual(budget.eventStreams.reads);
  expect(timers.size - before).toBeLessThanOrEqual(budget.eventStreams.timers);
  store.events = events;
  for (const reader of readers) reader.close();
});
