import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Apart, type ApartOrder, createApart, isLarge } from "#apps/apart.ts";
import { createAskPage } from "#apps/app-page.ts";
import { createAppRegistry } from "#apps/registry.ts";
import { loadAssets } from "#apps/runtime/assets.ts";
import type { StartChild } from "#core/child.ts";
import { repairShop } from "./samples.ts";
import { sqliteOf } from "./sqlite-of.ts";

const ada = { mayChange: true, name: "Ada ✓" };
const servers: Server[] = [];
const apart = new Set<Apart>();
afterEach(async () => {
  for (const one of apart) await one.close();
  apart.clear();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Children that answer as it is said here, on real ports; how many were started and how many ended. */
const children = (answer: RequestListener) => {
  const count = { started: 0, ended: 0 };
  const startChild: StartChild = ({ onMessage }) => {
    count.started += 1;
    const ended = Promise.withResolvers<string>();
    const server = createServer(answer);
    servers.push(server);
    server.listen(0, "127.0.0.1", () => onMessage({ port: (server.address() as AddressInfo).port }));
    return {
      pid: undefined,
      ended: ended.promise,
      send: (order) => expect((order as ApartOrder).secret).toMatch(/^[0-9a-f]{64}$/),
      end: async () => {
        count.ended += 1;
        server.close();
        server.closeAllConnections();
        ended.resolve("was killed (SIGKILL)");
      },
    };
  };
  return { count, startChild };
};
const open = (startChild: StartChild, limitMs?: number): Apart => {
  const one = createApart({
    ...{ home: { folder: "/nowhere" }, startChild, entry: new URL("file:///nowhere"), onError: () => {} },
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  apart.add(one);
  return one;
};
const app = { slug: "repair-shop", schema: repairShop };
const asked = (path: string, init: RequestInit = {}) =>
  new Request(`http://localhost/apps/repair-shop/${path}`, init);

test("what takes longer than the limit is ended with its process and a sentence, and the next one is answered", async () => {
  const { count, startChild } = children(({ url }, response) => {
    if (!url?.endsWith("?q=slow")) response.end("quick");
  });
  const one = open(startChild, 1_500);
  await expect(one.answer(app, asked("customers?q=slow"), ada)).rejects.toMatchObject({
    code: "timed-out",
    message: expect.stringContaining("has so much in it that this took longer than"),
  });
  expect(await (await one.answer(app, asked("customers"), ada)).text()).toBe("quick");
  expect(count).toEqual({ started: 2, ended: 1 });
});

test("nothing that signs anybody in reaches the process that answers for an app, and the answer comes as it was given", async () => {
  let seen: Record<string, unknown> = {};
  const { startChild } = children(({ headers, method }, response) => {
    seen = { ...headers, method };
    response.writeHead(201, { "Content-Type": "text/plain", Location: "/apps/repair-shop/x" }).end("made");
  });
  const headers = {
    Cookie: "milepost=secret",
    Authorization: "Bearer secret",
    "X-Milepost-May-Change": "yes",
  };
  const body = "name=Ada";
  const answer = await open(startChild).answer(app, asked("customers", { method: "POST", headers, body }), {
    ...ada,
    mayChange: false,
  });
  expect([answer.status, answer.headers.get("Location"), await answer.text()]).toEqual([
    201,
    "/apps/repair-shop/x",
    "made",
  ]);
  expect(JSON.stringify(seen)).not.toContain("milepost=secret");
  expect(JSON.stringify(seen)).not.toContain("Bearer");
  expect(seen).toMatchObject({
    method: "POST",
    "x-milepost-may-change": "no",
    "x-milepost-name": "Ada%20%E2%9C%93",
  });
});

test("while one is busy another process answers, and no third one is started", async () => {
  const waiting: (() => void)[] = [];
  const { count, startChild } = children((_, response) => void waiting.push(() => response.end("done")));
  const one = open(startChild);
  const answers = [1, 2, 3, 4].map((n) => one.answer(app, asked(`customers?offset=${n}`), ada));
  await expect.poll(() => waiting.length).toBe(4);
  expect(count.started).toBe(2);
  for (const goOn of waiting) goOn();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("the more conditions a question has, the less an app may have in it to be asked here", async () => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-apart-"));
  const apps = createAppRegistry({ folder, now: Date.now });
  const large = (search: string) => isLarge(apps.open(app.slug), new URLSearchParams(search));
  try {
    apps.create(repairShop, "run-1");
    const db = sqliteOf(apps.open(app.slug).db);
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.prepare("CREATE TABLE much AS SELECT zeroblob(200000) AS bytes").run();
    db.pragma("wal_checkpoint(TRUNCATE)");
    expect(large("q=&limit=25&offset=50&order=asc")).toBe(false);
    expect(large("q=ada")).toBe(false);
    expect(large("q=a+b+c+d+e")).toBe(true);
    expect(large("or=name_like:a,name_like:b,name_like:c&or=name:d,name:e")).toBe(true);
  } finally {
    apps.close();
    await rm(folder, { recursive: true });
  }
});

test("a workflow that looks at the pages of an app with much in it has them drawn by that process, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-apart-"));
  const apps = createAppRegistry({ folder, now: Date.now });
  const { count, startChild } = children((_, response) => response.end("drawn apart"));
  const page = createAskPage({
    ...{ apps, appsApart: open(startChild), assets: await loadAssets() },
    clock: { now: Date.now, newId: randomUUID },
  });
  try {
    apps.create(repairShop, "run-1");
    expect((await page(app.slug, "customers")).text).toContain("Repair shop");
    expect(count.started).toBe(0);
    apps.open(app.slug).db.prepare("CREATE TABLE much AS SELECT zeroblob(2000000) AS bytes").run();
    expect(await page(app.slug, "customers")).toEqual({ status: 200, text: "drawn apart" });
  } finally {
    apps.close();
    await rm(folder, { recursive: true });
  }
});
