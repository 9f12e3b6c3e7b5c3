import { afterAll, beforeAll, expect, test } from "vitest";
import { runJson } from "#web/api/run-json.ts";
import { owner } from "../people/owner.ts";
import { pictures } from "../views/samples/pictures.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

test("a poll of an unchanged run answers 204 until what its page says of time is out of date", async () => {
  const runId = await site.asking();
  const version = await site.engine.version(runId);
  const poll = (until: number) =>
    site.get(`/runs/${runId}/progress?v=${version}&until=${until}`, { headers: { "HX-Request": "true" } });
  expect((await poll(Date.now() + 60_000)).status).toBe(204);
  const stale = await poll(1);
  expect(stale.status).toBe(200);
  expect(await stale.text()).toContain(`data-version="${version}"`);
});

test("the API tells time left in milliseconds with its basis, and in seconds for simple clients", () => {
  expect(runJson(pictures.waiting, owner)).toMatchObject({
    timeLeft: { p10Ms: 190_000, p50Ms: 240_000, p90Ms: 300_000, runs: 14, because: null },
    eta_seconds: 240,
    eta: { p10: 190, p50: 240, p90: 300 },
    signs: [],
  });
  expect(runJson(pictures.asking, owner)).toMatchObject({ timeLeft: null, eta_seconds: null, eta: null });
  expect(runJson(pictures.stuck, owner).signs.map((one) => one.kind)).toEqual(["slow", "stuck"]);
});

test("the page of past durations has a chart and the same as a table, once a run has completed", async () => {
  const page = async () => (await site.get("/workflows/colours/durations")).text();
  expect(await page()).toContain("No run of this workflow has completed yet");
  const runId = await site.asking("Grace");
  await site.engine.answer(runId, "colour", { colour: "red" }, "Ada");
  await site.engine.settled(runId, 10_000, new AbortController().signal);
  const html = await page();
  expect(html).toContain("<svg");
  expect(html).toMatch(/<title id="chart-title">/);
  expect(html).toContain(`href="/runs/${runId}"`);
  expect((await site.get("/workflows/nothing/durations")).status).toBe(404);
  expect(await (await site.call("GET", "/api/workflows/colours/durations")).json()).toMatchObject({
    workflowId: "colours",
    runs: [{ runId, subject: "Grace", told: null }],
    steps: [{ id: "paint", runs: 1, skipped: 0 }],
    accuracy: [],
  });
  expect(await (await site.get("/workflows/colours")).text()).toContain(
    'href="/workflows/colours/durations"',
  );
});
