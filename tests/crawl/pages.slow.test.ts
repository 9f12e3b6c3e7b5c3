import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { html, openSandboxForTest, serveSite } from "../sandbox/botify/world.ts";

const page = { "content-type": "text/html; charset=utf-8" };

test("a crawl of a site becomes an analysis with what each of its pages said", async () => {
  const site = await serveSite((request, response) => {
    switch (request.url) {
      case "/":
        return response
          .writeHead(200, page)
          .end(
            `<head><title> A &amp; B </title><meta name="description" content="what it is"></head><h1>One</h1><h1>Two</h1>` +
              `<a href="/moved">1</a><a href="/moved#part">2</a><a href="/list.csv">3</a><a href="/none">4</a><a href="/other">5</a>`,
          );
      case "/moved":
        return response.writeHead(301, { location: "/moved-on" }).end();
      case "/moved-on":
        return response.writeHead(302, { location: "/target" }).end();
      case "/target":
        return response
          .writeHead(200, page)
          .end(`<meta name="robots" content="noindex, follow"><link rel="canonical" href="/">`);
      case "/list.csv":
        return response.writeHead(200, { "content-type": "text/csv", "content-length": "3" }).end("a,b");
      case "/other":
        return response
          .writeHead(200, page)
          .end(`<head><title>Other</title><link rel="canonical" href="/"></head>`);
      default:
        return response.writeHead(404, page).end("no");
    }
  });
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  const done = await sandbox.crawled(id);
  expect(done).toMatchObject({
    state: "done",
    pagesDone: 7,
    project: site.host.replace(":", "-"),
    error: null,
  });
  const fields = [
    "url",
    "depth",
    "http_code",
    "metadata.title.content",
    "metadata.description.content",
    "metadata.h1.contents",
    "redirect.to.url",
    "canonical.to.equal",
    "metadata.robots.noindex",
    "compliant.is_compliant",
    "compliant.main_reason",
    "inlinks_internal.nb.unique",
    "outlinks_internal.nb.total",
  ];
  const analysis = done.analysis ?? "";
  const rows = await sandbox.rows(done.project, analysis, {
    dimensions: fields.map((field) => `crawl.${analysis}.${field}`),
    sort: [{ field: `crawl.${analysis}.url` }],
  });
  const at = (path: string) => `${site.origin}${path}`;
  expect(rows.map(({ dimensions }) => dimensions)).toEqual([
    [at("/"), 0, 200, "A & B", "what it is", ["One", "Two"], null, null, false, true, null, 0, 4],
    [at("/list.csv"), 1, 200, null, null, null, null, null, false, false, "content_type", 1, 0],
    [at("/moved"), 1, 301, null, null, null, at("/moved-on"), null, false, false, "http_code", 1, 0],
    [at("/moved-on"), 2, 302, null, null, null, at("/target"), null, false, false, "http_code", 1, 0],
    [at("/none"), 1, 404, null, null, null, null, null, false, false, "http_code", 1, 0],
    [at("/other"), 1, 200, "Other", null, null, null, false, false, false, "canonical", 1, 0],
    [at("/target"), 3, 200, null, null, null, null, false, true, false, "noindex", 1, 0],
  ]);
  const links = await sandbox.rows(done.project, analysis, {
    dimensions: [`crawl.${analysis}.url`, `crawl.${analysis}.outlinks_internal.graph.url`],
  });
  expect(links.map(({ dimensions }) => dimensions[1]).toSorted()).toEqual(
    ["/list.csv", "/moved", "/none", "/other"].map(at),
  );
});

test("what robots.txt excludes is never asked for, and the crawler says who it is", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") {
      response.end("User-agent: MilepostCrawler\nDisallow: /secret\n\nUser-agent: *\nDisallow: /\n");
      return;
    }
    response.writeHead(200, page).end(html("x", "/a", "/secret", "/secret/deeper"));
  });
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done.state).toBe("done");
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt", "/", "/a"]);
  for (const { agent } of site.asked) expect(agent).toContain("MilepostCrawler");
});

test("another host is never asked, neither by a link nor by a redirect", async () => {
  const other = await serveSite((_, response) => response.end("x"));
  const site = await serveSite((request, response) => {
    if (request.url === "/away") return response.writeHead(302, { location: `${other.origin}/there` }).end();
    return response
      .writeHead(200, page)
      .end(html("x", `${other.origin}/link`, "/away", "mailto:a@b.example"));
  });
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done).toMatchObject({ state: "done", pagesDone: 2 });
  expect(other.asked).toEqual([]);
});

test("no more pages are read than were wished for", async () => {
  const site = await serveSite((request, response) =>
    request.url === "/robots.txt"
      ? response.writeHead(404).end()
      : response.writeHead(200, page).end(html("x", `${request.url}a/`, `${request.url}b/`)),
  );
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin, mostPages: 3 })).id);
  expect(done).toMatchObject({
    state: "done",
    pagesDone: 3,
    leftOut: [expect.objectContaining({ why: "limit" })],
  });
  expect(site.asked.filter(({ path }) => path !== "/robots.txt")).toHaveLength(3);
});

test("a site that cannot be reached fails with a sentence, and makes no analysis that could be exported", async () => {
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: "http://127.0.0.1:9/" })).id);
  expect(done.state).toBe("failed");
  expect(done.error).toContain("http://127.0.0.1:9/ could not be crawled");
  expect((await sandbox.ask(`/analyses/this-machine/${done.project}/light`)).body).toMatchObject({
    count: 0,
  });
});

test("a cancelled crawl ends at once and asks nothing more; what it had read is kept as a crawl that was cut off", async () => {
  const site = await serveSite((request, response) => {
    const links = Array.from({ length: 50 }, (_, index) => `${request.url}${index}/`);
    response.writeHead(request.url === "/robots.txt" ? 404 : 200, page).end(html("x", ...links));
  });
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  await sandbox.until(
    () => sandbox.crawl(id),
    ({ pagesKnown }) => pagesKnown > 1,
  );
  await sandbox.crawls.cancel(id);
  const ended = await sandbox.crawled(id);
  expect(ended).toMatchObject({ state: "done", stopped: true });
  const asked = site.asked.length;
  await wait(1_200);
  expect(site.asked).toHaveLength(asked);
  const kept = ended.pagesDone;
  const beyond = ended.leftOut.find(({ why }) => why === "limit")?.count ?? 0;
  expect((await sandbox.ask(`/analyses/this-machine/${ended.project}/light`)).body).toMatchObject({
    results: [{ urls_done: String(kept), urls_in_queue: String(ended.pagesKnown - kept + beyond) }],
  });
});

test("the same key never begins a second crawl, and a second crawl of a day gets a number", async () => {
  const site = await serveSite((request, response) =>
    response.writeHead(request.url === "/robots.txt" ? 404 : 200, page).end(html("x")),
  );
  const sandbox = await openSandboxForTest();
  const wish = { url: site.origin, project: "shop" };
  const one = await sandbox.beginCrawl({ ...wish, key: "run/step" });
  expect(await sandbox.beginCrawl({ ...wish, key: "run/step" })).toMatchObject({ id: one.id });
  const first = await sandbox.crawled(one.id);
  const second = await sandbox.crawled((await sandbox.beginCrawl(wish)).id);
  expect(first.analysis).toMatch(/^\d{8}$/);
  expect(second.analysis).toBe(`${first.analysis}-2`);
});

test.each(["ftp://example.invalid/", "file:///etc/passwd", "javascript:alert(1)", "no address", ""])(
  "%j is refused as a site's address",
  async (url) => {
    const sandbox = await openSandboxForTest();
    await expect(sandbox.beginCrawl({ url })).rejects.toMatchObject({ code: "bad-input", field: "url" });
  },
);

test("a crawl that does not exist is not found", async () => {
  const { crawls } = await openSandboxForTest();
  for (const verb of ["get", "pause", "resume", "cancel"] as const)
    await expect(crawls[verb](7)).rejects.toMatchObject({ code: "not-found" });
});
