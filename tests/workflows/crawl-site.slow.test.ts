import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import type { WaitContext } from "#core/step-context.ts";
import type { ThisBotify } from "#main/this-botify.ts";
import crawlSite from "#workflows/crawl-site/workflow.ts";
import { stepOf } from "../engine/world.ts";
import { type ExportWorld, openExportWorld, startSandbox, stop } from "./export-world.ts";

let sandbox: ThisBotify;
let endSandbox: () => Promise<void>;
let world: ExportWorld;

beforeAll(async () => {
  ({ sandbox, end: endSandbox } = await startSandbox());
  sandbox.faults.callsPerSecond = null;
});
afterAll(() => endSandbox());
beforeEach(async () => {
  // The crawl is ended as a process is, which takes a moment.
  world = await openExportWorld(sandbox, { overrides: { stopGraceMs: 2_000 } });
});
afterEach(() => world.close());

const crawl = async (values: Record<string, string>): Promise<string> =>
  (await world.engine.start("crawl-site", values, "Ada")).runId;

test("a crawl of a site ends as an analysis that can be exported at once", async () => {
  const id = await crawl({ url: sandbox.sampleSiteUrl, maxPages: "1000" });
  const { run, steps } = await world.until(id, "completed", "failed");
  expect(run.error).toBeNull();
  expect(run.outcome?.sentence).toMatch(/^408 URLs of .* are ready to be exported\.$/);
  const { result, progress } = stepOf({ run, steps }, "crawl");
  // What later runs learn a page's time from.
  expect(progress?.done).toBe(408);
  const { org, project } = result as { org: string; project: string };
  const exported = await world.through(await world.start(), { project: { project: `${org}/${project}` } });
  expect(exported.run.state).toBe("completed");
  expect(exported.run.outcome?.sentence).toMatch(/^408 rows are saved/);
  expect(exported.run.size).toEqual({ count: 408, what: "rows" });
});

test.each([
  [{ url: "" }, "url"],
  [{ url: "ftp://example.com" }, "url"],
  [{ url: "http://" }, "url"],
  [{ url: "example.com", maxPages: "0" }, "maxPages"],
  [{ url: "example.com", maxPages: "many" }, "maxPages"],
] as const)("%o is refused with a sentence at its field, and no run is made", async (values, field) => {
  await expect(crawl(values)).rejects.toMatchObject({
    code: "bad-input",
    field,
    message: expect.stringMatching(/^[A-Z].*\.$/),
  });
  expect((await world.engine.runs({ limit: 1 })).rows).toEqual([]);
});

test("an export that is run again after a newer crawl says so, and takes that one unless told otherwise", async () => {
  const server = createServer((_, answer) =>
    answer.writeHead(200, { "content-type": "text/html" }).end("<title>One</title>"),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const site = { url: `http://127.0.0.1:${port}/`, maxPages: "10" };
  const first = await world.until(await crawl(site), "completed", "failed");
  const { org, project } = stepOf(first, "crawl").result as { org: string; project: string };
  const id = await world.start();
  const until = { project: { project: `${org}/${project}` }, depth: stop };
  const before = stepOf(await world.through(id, until), "analysis").result as { slug: string };
  const same = await world.engine.clone(id, "Ada");
  expect(stepOf(await world.until(same.runId, "asking"), "depth").state).toBe("asking");
  await world.until(await crawl(site), "completed", "failed");
  const again = await world.engine.clone(id, "Ada");
  const asked = stepOf(await world.until(again.runId, "asking"), "analysis");
  expect(asked.state).toBe("asking");
  expect(JSON.stringify(asked.form)).toContain("There is a newer crawl");
  const taken = stepOf(await world.through(again.runId, { depth: stop }), "analysis").result;
  expect(taken).not.toMatchObject({ slug: before.slug });
});

test("an export that repeats by itself takes a newer crawl where that costs no more credits than were agreed to, else asks", async () => {
  const server = createServer((_, answer) =>
    answer.writeHead(200, { "content-type": "text/html" }).end("<title>One</title>"),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const site = { url: `http://127.0.0.1:${port}/`, maxPages: "10" };
  const first = await world.until(await crawl(site), "completed", "failed");
  const { org, project } = stepOf(first, "crawl").result as { org: string; project: string };
  const chosen = { project: { project: `${org}/${project}` } };
  const [enough, none] = [await world.start({ credits: "1" }), await world.start({ credits: "0" })];
  for (const id of [enough, none]) await world.through(id, chosen);
  // The same crawl once more costs nothing.
  const same = await world.engine.clone(none, "Ada");
  expect((await world.until(same.runId, "asking", "completed")).run.state).toBe("completed");
  const former = stepOf(await world.run(enough), "analysis").result as { slug: string };
  await world.until(await crawl(site), "completed", "failed");
  const asks = await world.until((await world.engine.clone(none, "Ada")).runId, "asking", "completed");
  expect([asks.run.state, stepOf(asks, "confirm").state]).toEqual(["asking", "asking"]);
  const goes = await world.until((await world.engine.clone(enough, "Ada")).runId, "asking", "completed");
  expect([goes.run.state, stepOf(goes, "confirm").result]).toEqual([
    "completed",
    { rows: 1, how: "new", anewAt: null },
  ]);
  expect(stepOf(goes, "analysis").result).not.toMatchObject(former);
});

test("a site that does not answer fails with its address in the sentence", async () => {
  // Port 9 of loopback is closed.
  const id = await crawl({ url: "http://127.0.0.1:9/" });
  const { run } = await world.until(id, "failed", "completed");
  expect(run.error?.message).toContain("http://127.0.0.1:9/");
});

/** A site without an end, whose every page leads to two more. */
const endlessSite = async (): Promise<{ url: string; requests(): number; close(): void }> => {
  let requests = 0;
  const server = createServer((_, answer) => {
    requests++;
    answer.setHeader("content-type", "text/html");
    answer.end(`<title>Page ${requests}</title><a href="/${requests}a">a</a><a href="/${requests}b">b</a>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, requests: () => requests, close: () => void server.close() };
};

test("a crawl that ended at its limit says that more is linked than it read, and is not preselected as if it were whole", async () => {
  const site = await endlessSite();
  const id = await crawl({ url: site.url, maxPages: "5" });
  const { run, steps } = await world.until(id, "failed", "completed");
  expect(run.outcome?.facts).toContainEqual({
    label: "Not in it",
    value: expect.stringMatching(/^It ended at its limit of 5 pages: 6 more addresses were linked, .*: http/),
  });
  expect(run.outcome?.sentence).toMatch(/^Only the first 5 URLs of .* are ready to be exported\.$/);
  const log = await world.store.logs(id, { after: null, limit: 100 });
  expect(log.filter(({ text }) => /^200 http:.* in [\d,]+ ms$/.test(text))).toHaveLength(5);
  const { org, project } = stepOf({ run, steps }, "crawl").result as { org: string; project: string };
  const asked = await world.through(await world.start(), {
    project: { project: `${org}/${project}` },
    analysis: stop,
  });
  const choice = stepOf(asked, "analysis").form?.fields.find((field) => field.kind === "choice");
  expect(choice).not.toHaveProperty("value");
  expect(JSON.stringify(choice)).toContain("cut off: 6 more were known");
  site.close();
});

test.each([
  // Nothing that speaks TLS listens there, but something that speaks plain http does.
  [
    "plain http behind https",
    (url: string) => url.replace("http:", "https:"),
    /^Crawl http:\/\/127\..* instead$/,
  ],
  ["a name that does not resolve", () => "http://nobody.invalid/", /^Start with another address$/],
  ["a port at which nothing listens", () => "http://127.0.0.1:9/", /^Go back to “Begin the crawl”$/],
] as const)(
  "%s: the error says what it is, and its button is what its sentence recommends",
  async (_, address, label) => {
    const site = await endlessSite();
    const url = address(site.url);
    const { run } = await world.until(await crawl({ url }), "failed", "completed");
    const { message, wayOn } = run.error ?? { message: "" };
    expect(wayOn?.label).toMatch(label);
    expect(message).toContain(wayOn?.label);
    if (wayOn !== undefined && "href" in wayOn) {
      const filled = new URL(wayOn.href, "http://here").searchParams.get("url");
      expect(filled).toBe(url.startsWith("https") ? site.url : url);
    }
    site.close();
  },
);

test("a run that is paused stops its crawl, and one that goes on lets it go on", async () => {
  const site = await endlessSite();
  const id = await crawl({ url: site.url, maxPages: "100000" });
  await world.when(id, ({ steps }) => (steps[1]?.progress?.done ?? 0) >= 1);
  await world.engine.pause(id, "Ada");
  await world.until(id, "paused");
  const { id: crawlId } = stepOf(await world.run(id), "begin").result as { id: number };
  while ((await sandbox.crawls.get(crawlId)).state !== "paused")
    await new Promise((resolve) => setTimeout(resolve, 10));
  // Resolves when no request is under way any more.
  await sandbox.crawls.pause(crawlId);
  const before = site.requests();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(site.requests()).toBe(before);
  await world.engine.resume(id, "Ada");
  while (site.requests() === before) await new Promise((resolve) => setTimeout(resolve, 10));
  await world.engine.cancel(id, "Ada");
  await world.until(id, "cancelled");
  site.close();
});

test("pausing the wait for a crawl stops the crawl itself, and going on lets it go on", async () => {
  const site = await endlessSite();
  const { crawls } = sandbox;
  const wait = crawlSite({ crawls, lookEveryMs: 20 })?.steps.find(({ id }) => id === "crawl");
  if (wait?.kind !== "wait" || typeof wait.whilePaused !== "object") throw new Error("no wait that pauses");
  const { id } = await crawls.begin({ url: site.url, mostPages: 100_000 });
  const ctx = {
    input: { maxPages: 100_000 },
    results: { begin: { id } },
    progress: null,
    log: () => {},
  } as unknown as WaitContext<never, never>;
  expect(await wait.whilePaused.stop(ctx)).toContain("stands still");
  const before = site.requests();
  // Nothing can be waited for where nothing is to happen.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(site.requests()).toBe(before);
  expect(await wait.whilePaused.goOn(ctx)).toContain("goes on");
  while (site.requests() === before) await new Promise((resolve) => setTimeout(resolve, 10));
  // A run that goes on looks, and its look finds a crawl that nobody let go on: it does so itself.
  await crawls.pause(id);
  await wait.look(ctx);
  expect(await crawls.get(id)).toMatchObject({ state: "running" });
  await crawls.cancel(id);
  site.close();
});

test("one host is crawled by one run at a time, and cancelling ends the crawl itself", async () => {
  const site = await endlessSite();
  const id = await crawl({ url: site.url });
  await expect(crawl({ url: `${site.url}elsewhere` })).rejects.toMatchObject({ code: "locked", runId: id });
  await world.when(id, ({ steps }) => (steps[1]?.progress?.done ?? 0) >= 1);
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled", "completed", "failed");
  expect(run.state).toBe("cancelled");
  expect(run.cancel?.note).toMatch(
    /pages that it had read are kept as this-machine\/.*, which can be exported\.$/,
  );
  // Requests that were under way may still arrive; a crawl that went on would never stop asking.
  let before: number;
  do {
    before = site.requests();
    await new Promise((resolve) => setTimeout(resolve, 400));
  } while (site.requests() > before && before < 500);
  expect(site.requests()).toBe(before);
  site.close();
});
