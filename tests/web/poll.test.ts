import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "#core/store.ts";
import { newStore } from "../store/new-store.ts";
import { openSite, readyExport, type Site } from "./site.ts";

let site: Site;
let reads: string[];
beforeAll(async () => {
  reads = [];
  site = await openSite({ store: counted(await newStore()) });
});
afterAll(() => site.close());

/** The store, noting the name of every call; the guard's look at the session is not the poll's, nor when the engine has to wake up. */
const counted = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name !== "nextWake") reads.push(String(name));
        return value.apply(target, given);
      };
    },
  });

const metric = async (name: string): Promise<number> => {
  const text = await (await site.get("/metrics")).text();
  return Number(new RegExp(`^${name.replace(/[{}"]/g, "\\$&")} (\\d+)$`, "m").exec(text)?.[1]);
};
const renders = () => metric("milepost_renders_total");
const poll = (runId: string, version: number | string, cookie = site.cookie) =>
  site.get(`/runs/${runId}/progress?v=${version}`, { cookie, headers: { "HX-Request": "true" } });
const newest = async (runId: string) => (await site.engine.version(runId)) ?? 0;

test("a poll of an unchanged run answers 204 without a render and without reading the store", async () => {
  const runId = await site.asking();
  const version = await newest(runId);
  const before = await renders();
  reads = [];
  for (let look = 0; look < 20; look += 1) {
    const answer = await poll(runId, version);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe("");
  }
  expect(reads).toEqual([]);
  expect(await renders()).toBe(before);
});

test("an unchanged run that this process has not seen change costs one prepared query, and the next poll none", async () => {
  const runId = await site.asking();
  const other = await openSite({ store: site.store });
  reads = [];
  const version = (await site.store.version(runId)) ?? 0;
  reads = [];
  await other.get(`/runs/${runId}/progress?v=${version}`);
  expect(reads).toEqual(["version"]);
  await other.get(`/runs/${runId}/progress?v=${version}`);
  expect(reads).toEqual(["version"]);
  await other.engine.close();
});

test.each([1, 100, 1_000])(
  "a change is rendered once for %i watchers who ask at the same time",
  async (watchers) => {
    const runId = await site.asking(`watched by ${watchers}`);
    const before = await renders();
    reads = [];
    const answers = await Promise.all(Array.from({ length: watchers }, () => poll(runId, 0)));
    expect(await renders()).toBe(before + 1);
    expect(reads.filter((name) => name === "run" || name === "seen")).toHaveLength(1);
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toContain(`data-version="${await newest(runId)}"`);
  },
);

test("late watchers of the same change get the same bytes; the next change is rendered anew", async () => {
  const runId = await site.asking();
  const before = await renders();
  const first = await (await poll(runId, 0)).text();
  expect(await (await poll(runId, 1)).text()).toBe(first);
  expect(await renders()).toBe(before + 1);
  await site.engine.pause(runId, "Ada");
  const changed = await (await poll(runId, 0)).text();
  expect(changed).toContain('data-state="paused"');
  expect(await renders()).toBe(before + 2);
});

test("a page that is opened while others poll costs none of them another render", async () => {
  const runId = await site.asking("opened meanwhile");
  const first = await (await poll(runId, 0)).text();
  const before = await renders();
  await site.get(`/runs/${runId}`);
  expect(await (await poll(runId, 0)).text()).not.toBe("");
  await site.get(`/runs/${runId}`);
  reads = [];
  expect(await (await poll(runId, 0)).text()).toContain('id="step-colour"');
  expect(reads).not.toContain("run");
  expect(first).toContain('id="step-colour"');
  expect(await renders()).toBeLessThanOrEqual(before + 1);
});

test("an open run's fragment goes on polling with its own version, a finished one's does not", async () => {
  const runId = await site.asking();
  const open = await (await poll(runId, 0)).text();
  expect(open).toContain(`hx-get="/runs/${runId}/progress?v=${await newest(runId)}&amp;seen=`);
  expect(open).toContain('hx-trigger="every 2s"');
  await site.engine.cancel(runId, "Ada");
  const over = await (await poll(runId, 0)).text();
  expect(over).toContain('data-state="cancelled"');
  expect(over).not.toContain("hx-trigger");
});

test("a poll of a run that is not there answers 404, one with an odd version the newest fragment", async () => {
  expect((await poll("nothing", 1)).status).toBe(404);
  const runId = await site.asking();
  for (const odd of ["", "x", "1e3", "-1", "999999"]) expect((await poll(runId, odd)).status).toBe(200);
});

test("home polls cost nothing while no run changes, and bring the change when one does", async () => {
  const page = await (await site.get("/")).text();
  const address = /hx-get="(\/\?fragment=live[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  reads = [];
  expect((await site.get(address)).status).toBe(204);
  expect(reads).toEqual([]);
  await site.asking("A newcomer");
  const before = await renders();
  const answers = await Promise.all(Array.from({ length: 50 }, () => site.get(address)));
  expect(await renders()).toBe(before + 1);
  expect(await answers[0]?.text()).toContain("A newcomer");
});

test("the hand-over leads each browser to the file once for each run, and a page that was handed it says so", async () => {
  const exportId = await readyExport(site, "url\nhttp://a/\n");
  const [mine, yours] = [await site.newSession(), await site.newSession()];
  const handOver = (cookie: string, run = "r1") =>
    site.get(`/exports/${exportId}/hand-over?run=${run}`, { cookie });
  expect((await site.get(`/exports/${exportId}/hand-over`, { cookie: mine, method: "HEAD" })).status).toBe(
    204,
  );
  const both = await Promise.all([handOver(mine), handOver(mine), handOver(mine)]);
  expect(both.map((answer) => answer.status).sort()).toEqual([204, 204, 302]);
  expect(both.find((answer) => answer.status === 302)?.headers.get("Location")).toBe(
    `/exports/${exportId}/file`,
  );
  expect((await handOver(mine)).status).toBe(204);
  expect((await handOver(yours)).status).toBe(302);
  expect((await handOver(mine, "r2")).status).toBe(302);
  for (const path of ["hand-over", "file"]) {
    const policy = (await site.get(`/exports/${exportId}/${path}`)).headers.get("Content-Security-Policy");
    expect(policy).toContain("frame-ancestors 'self'");
  }
});
