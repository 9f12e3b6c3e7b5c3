import { afterAll, beforeAll, expect, test } from "vitest";
import { type EventReader, readEvents, type SeenEvent } from "./event-reader.ts";
import { createHandTimers } from "./hand-timers.ts";
import { listen } from "./listen.ts";
import { colours, openSite, type Site } from "./site.ts";
import { createTelling } from "./telling.ts";

const { telling, told } = createTelling();
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
const timers = createHandTimers();
beforeAll(async () => {
  site = await openSite({
    workflows: [colours(), telling],
    deps: {
      clock: timers.clock,
    },
  });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

const follow = (runId: string, headers = {}, query = "") =>
  readEvents(server.origin, `/api/runs/${runId}/events${query}`, headers);
const newest = async (runId: string) => (await site.engine.picture(runId)).lastEvent;
const idsOf = (events: readonly SeenEvent[]) => events.map((event) => event.id);
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const reaches = (reader: EventReader, n: number) => reader.until((events) => (events.at(-1)?.id ?? 0) >= n);
/** Pauses and resumes: some events in several commits. */
const change = async (runId: string) => {
  await site.engine.pause(runId, "Ada");
  await site.engine.resume(runId, "Ada");
};
const metric = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await (await site.get("/metrics")).text())?.[1]);

test("a reader gets every event from the first on, in order, as the store keeps them, then each new one", async () => {
  const runId = await site.asking();
  const reader = await follow(runId);
  expect(reader.status).toBe(200);
  expect(reader.headers["content-type"]).toContain("text/event-stream");
  expect(reader.headers["cache-control"]).toBe("no-store");
  await change(runId);
  const last = await newest(runId);
  await reaches(reader, last);
  expect(reader.events.map((event) => event.data)).toEqual(await site.store.events(runId, 0, 1000));
  expect(reader.events.every((event) => event.event === event.data.type)).toBe(true);
  reader.close();
});

test("readers who come, go and come back while the run changes miss nothing and get nothing twice", async () => {
  const runId = await site.asking();
  let changing = true;
  const changes = (async () => {
    for (let round = 0; round < 60; round += 1) {
      await change(runId);
      await new Promise((resolve) => setImmediate(resolve));
    }
    changing = false;
  })();
  const seen = async (): Promise<number[]> => {
    const ids: number[] = [];
    while (changing) {
      const reader = await follow(runId, ids.length === 0 ? {} : { "Last-Event-ID": String(ids.at(-1)) });
      await Promise.race([changes, reader.until((events) => events.length >= 7)]);
      ids.push(...idsOf(reader.events));
      reader.close();
    }
    const rest = await follow(runId, { "Last-Event-ID": String(ids.at(-1) ?? 0) });
    const missing = (await newest(runId)) - (ids.at(-1) ?? 0);
    await rest.until((events) => events.length >= missing);
    ids.push(...idsOf(rest.events));
    rest.close();
    return ids;
  };
  const all = await Promise.all([seen(), seen(), seen(), seen()]);
  await changes;
  const last = await newest(runId);
  for (const ids of all) expect(ids).toEqual(from(1, last));
});

test("Last-Event-ID and ?after= bring what was missed and only that; the header wins", async () => {
  const runId = await site.asking();
  await change(runId);
  const last = await newest(runId);
  const byHeader = await follow(runId, { "Last-Event-ID": "2" }, "?after=4");
  const byQuery = await follow(runId, {}, "?after=4");
  await Promise.all([reaches(byHeader, last), reaches(byQuery, last)]);
  expect(idsOf(byHeader.events)).toEqual(from(3, last));
  expect(idsOf(byQuery.events)).toEqual(from(5, last));
  const upToDate = await follow(runId, { "Last-Event-ID": String(last) });
  await change(runId);
  await reaches(upToDate, last + 1);
  expect(upToDate.events[0]?.id).toBe(last + 1);
  for (const reader of [byHeader, byQuery, upToDate]) reader.close();
});

test("log events carry their lines", async () => {
  const { runId } = await site.engine.start("telling", {}, "Ada");
  const reader = await follow(runId);
  await reader.until((events) => events.some((event) => event.event === "step.state"));
  told.log("one line\nand another");
  await reader.until((events) => events.some((event) => event.event === "log"));
  const lines = reader.events.find((event) => event.event === "log")?.data.lines?.map((line) => line.text);
  expect(lines).toEqual(["one line", "and another"]);
  told.end();
  await reader.until((events) => events.some((event) => event.event === "run.state" && event.id > 5));
  reader.close();
});

test("an event is read from the store once for all who follow", async () => {
  const runId = await site.asking();
  let last = await newest(runId);
  const readers = await Promise.all(Array.from({ length: 20 }, () => follow(runId)));
  await Promise.all(readers.map((reader) => reaches(reader, last)));
  const reads: number[] = [];
  const { events } = site.store;
  site.store.events = (id, after, limit) => {
    reads.push(after);
    return events(id, after, limit);
  };
  const before = last;
  await change(runId);
  last = await newest(runId);
  await Promise.all(readers.map((reader) => reaches(reader, last)));
  site.store.events = events;
  expect(Math.min(...reads)).toBe(before);
  // One read per commit, and one more that finds nothing new: never one per reader.
  expect(reads.length).toBeLessThanOrEqual(6);
  for (const reader of readers) reader.close();
});

test("a quiet stream shows a sign of life every 15 seconds", async () => {
  const reader = await follow(await site.asking());
  const count = () => reader.raw().split(": still here\n\n").length - 1;
  await reader.until(() => count() === 1);
  timers.beat();
  await reader.until(() => count() === 2);
  reader.close();
});

test("a reader that takes nothing is dropped, the others hear on, and it resumes where it was", async () => {
  const { runId } = await site.engine.start("telling", {}, "Ada");
  const slow = await follow(runId);
  const quick = await follow(runId);
  await quick.until((events) => events.some((event) => event.event === "step.state"));
  await slow.until((events) => events.some((event) => event.event === "step.state"));
  slow.stall();
  const dropped = await metric("milepost_event_streams_dropped_total");
  const line = "x".repeat(3_900);
  let told1 = 0;
  while ((await metric("milepost_event_streams_dropped_total")) === dropped) {
    for (let count = 0; count < 400; count += 1) told.log(line);
    told1 += 1;
    await quick.until((events) => events.filter((event) => event.event === "log").length >= told1);
  }
  const last = await newest(runId);
  await reaches(quick, last);
  expect(idsOf(quick.events)).toEqual(from(1, quick.events.at(-1)?.id ?? 0));
  const back = await follow(runId, { "Last-Event-ID": String(slow.events.at(-1)?.id ?? 0) });
  await reaches(back, last);
  expect([...idsOf(slow.events), ...idsOf(back.events)]).toEqual(from(1, back.events.at(-1)?.id ?? 0));
  for (const reader of [slow, quick, back]) reader.close();

  // One that stops while it is still being sent what it missed: nothing more is written to it, so only the beat can tell.
  const droppedBefore = await metric("milepost_event_streams_dropped_total");
  const stuck = await follow(runId);
  stuck.stall();
  await until(async () => {
    timers.beat();
    return (await metric("milepost_event_streams_dropped_total")) === droppedBefore + 1;
  });
  told.end();
  stuck.close();
});

test("streams that are closed are forgotten", async () => {
  const runId = await site.asking();
  await until(async () => (await metric("milepost_event_streams")) === 0);
  const readers = await Promise.all([follow(runId), follow(runId)]);
  expect(await metric("milepost_event_streams")).toBe(2);
  for (const reader of readers) reader.close();
  await until(async () => (await metric("milepost_event_streams")) === 0);
});

test("a stream of no run, without a token or from an odd number is refused before it begins", async () => {
  const runId = await site.asking();
  expect((await follow("nothing")).status).toBe(404);
  expect((await follow(runId, { Authorization: "Bearer wrong" })).status).toBe(401);
  expect((await follow(runId, { "Last-Event-ID": "-1" })).status).toBe(400);
  expect((await follow(runId, {}, "?after=x")).status).toBe(400);
});

/** Looks again and again until it holds. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};
