import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Clock } from "#core/clock.ts";
import type { Listening } from "#main/listen.ts";
import { openDoors } from "#main/open-doors.ts";
import type { Limits } from "#web/limits.ts";
import { createCounters } from "#web/live/counters.ts";
import { repairShop } from "../apps/samples.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { readEvents } from "./event-reader.ts";
import { listen } from "./listen.ts";
import { forRuns, openSite, presetToken, type Site } from "./site.ts";

let site: Site;
let server: Listening | undefined;
afterEach(async () => {
  server?.close();
  server = undefined;
  await site.close();
});

const open = async (limits: Partial<Limits> = {}, clock: Clock = realClock) => {
  site = await openSite({ limits, deps: { clock } });
};
const ask = (token: string, path = "/api/workflows") =>
  site.call("GET", path, undefined, { Authorization: `Bearer ${token}` });
const audited = async () =>
  (await site.store.accounts.audits(1_000)).filter(({ did }) => did === "failed to sign in");

test("guessing is slow: after twenty wrong secrets no more are looked at for a while, and the audit tells of it", async () => {
  // On a busy machine the guesses take so long that one more would be looked at meanwhile.
  const began = realClock.now();
  await open({}, { ...realClock, now: () => began });
  const guesses = await Promise.all(Array.from({ length: 200 }, (_, at) => ask(`wrong-${at}`)));
  expect(guesses.map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 20 }, () => 401),
    ...Array.from({ length: 180 }, () => 429),
  ]);
  expect(Number(guesses.find(({ status }) => status === 429)?.headers.get("Retry-After"))).toBeGreaterThan(0);
  const right = await site.deps.tokens.create(forRuns("never used before"), ada);
  expect((await ask(right.secret)).status).toBe(429);
  expect((await site.post("/sign-in", { token: right.secret }, { cookie: null })).status).toBe(429);
  expect(await audited()).toHaveLength(20);
});

test("a program may begin with many requests at once", async () => {
  await open();
  const { secret } = await site.deps.tokens.create(forRuns("busy"), ada);
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(secret)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});

test("who was let in before goes on while somebody else at the same address guesses", async () => {
  await open();
  expect((await site.call("GET", "/api/workflows")).status).toBe(200);
  for (let at = 0; at < 30; at++) await ask(`wrong-${at}`);
  expect((await site.call("GET", "/api/workflows")).status).toBe(200);
  expect((await site.get("/")).status).toBe(200);
});

test("more requests of one person than the limit are refused until a moment has passed, and nobody else's", async () => {
  await open({ requestsPerSecond: 5 });
  const other = await site.deps.tokens.create(forRuns("other"), ada);
  const statuses: number[] = [];
  for (let at = 0; at < 40; at++) statuses.push((await site.call("GET", "/api/workflows")).status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(15);
  expect(statuses).toContain(429);
  expect((await ask(other.secret)).status).toBe(200);
  await expect.poll(async () => (await site.call("GET", "/api/workflows")).status).toBe(200);
});

test("one person has so many streams and WebSockets open, and one more when another is closed", async () => {
  await open({ streams: 3 });
  server = await listen(site);
  const runId = await site.asking("Grace");
  const path = `/api/runs/${runId}/events`;
  const { origin } = server;
  const first = await readEvents(origin, path);
  const second = await readEvents(origin, path);
  const socket = new WebSocket(`${origin.replace("http", "ws")}/ws/runs/${runId}`, {
    headers: { Authorization: `Bearer ${presetToken}` },
  });
  await new Promise((resolve) => socket.once("open", resolve));
  expect((await readEvents(origin, path)).status).toBe(429);
  const refused = new WebSocket(`${origin.replace("http", "ws")}/ws/runs`, {
    headers: { Authorization: `Bearer ${presetToken}` },
  });
  const [error] = await new Promise<Error[]>((resolve) => refused.once("error", (one) => resolve([one])));
  expect(error?.message).toContain("429");
  socket.terminate();
  await expect.poll(async () => (await readEvents(origin, path)).status).toBe(200);
  first.close();
  second.close();
});

test("all tokens of one person have four times the streams of one, and take none of their browsers'", async () => {
  await open({ streams: 1 });
  server = await listen(site);
  const { origin } = server;
  const path = `/api/runs/${await site.asking("Grace")}/events`;
  const by = async (name: string) => {
    const { secret } = await site.deps.tokens.create(forRuns(name), ada);
    return readEvents(origin, path, { Authorization: `Bearer ${secret}` });
  };
  const opened = [await by("one"), await by("two"), await by("three"), await by("four")];
  expect(opened.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await by("five")).status).toBe(429);
  const browser = { Authorization: "", Cookie: site.cookie };
  expect((await readEvents(origin, path, browser)).status).toBe(200);
  expect((await readEvents(origin, path, browser)).status).toBe(429);
  for (const one of opened) one.close();
  await expect.poll(async () => (await by("six")).status).toBe(200);
});

test("whoever takes much at the origin of generated apps, or guesses there, is counted together with what they do at Milepost's", async () => {
  const began = realClock.now();
  await open({ requestsPerSecond: 5 }, { ...realClock, now: () => began });
  site.deps.apps.create(repairShop, "run-1");
  server = await openDoors({
    ...{ web: site.deps, counters: createCounters(), others: [] },
    ...{ host: "127.0.0.1", port: 0, apps: { port: 0, url: null } },
  });
  const { origin: milepost } = server;
  const at = (origin: string, bearer: string) =>
    fetch(`${origin}/apps/repair-shop/api/db/customers`, { headers: { authorization: `Bearer ${bearer}` } });
  const page = await fetch(`${milepost}/apps/repair-shop/`, {
    headers: { cookie: site.cookie },
    redirect: "manual",
  });
  const { origin: apps } = new URL(page.headers.get("Location") ?? "");
  expect(apps).not.toBe(milepost);
  const statusesOf = async (bearer: string) => {
    const statuses: number[] = [];
    for (let time = 0; time < 60; time++)
      statuses.push((await at(time % 2 === 0 ? apps : milepost, bearer)).status);
    return statuses.filter((status) => status !== 429);
  };
  expect(await statusesOf(presetToken)).toEqual(Array.from({ length: 15 }, () => 200));
  expect(await statusesOf("wrong")).toEqual(Array.from({ length: 20 }, () => 401));
});

test("a body that is refused unread ends the connection and says so", async () => {
  await open();
  server = await listen(site);
  const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>(
    (resolve, reject) => {
      const posting = request(`${server?.origin}/api/workflows/colours/runs`, {
        method: "POST",
        headers: {
          ...{ Authorization: `Bearer ${presetToken}`, "Content-Type": "application/json" },
          "Content-Length": 3_000_000,
        },
      });
      posting.once("response", ({ statusCode, headers }) =>
        resolve({ status: statusCode, connection: headers.connection }),
      );
      posting.once("error", reject);
      posting.write("x".repeat(100_000));
    },
  );
  expect(answer).toEqual({ status: 413, connection: "close" });
});

test("/metrics tells how long requests waited for other work", async () => {
  await open();
  const longest = async () =>
    Number(
      /^milepost_event_loop_delay_seconds\{quantile="1"\} (\S+)$/m.exec(
        await (await site.get("/metrics")).text(),
      )?.[1],
    );
  // It is measured from one look of the loop at its timers to the next.
  const looks = () => new Promise((resolve) => setTimeout(resolve, 150));
  await longest();
  await looks();
  const until = performance.now() + 400;
  while (performance.now() < until);
  await looks();
  expect(await longest()).toBeGreaterThan(0.25);
});
