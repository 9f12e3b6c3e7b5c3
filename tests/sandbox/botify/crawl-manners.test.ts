import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { folder, html, openSandboxForTest, serveSite } from "./world.ts";

const page = { "content-type": "text/html; charset=utf-8" };

test("the delay that robots.txt asks for is kept between any two requests", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.end("User-agent: *\nCrawl-delay: 0.4\n");
    return response.writeHead(200, page).end(html("x", "/a", "/b"));
  });
  const sandbox = await openSandboxForTest();
  await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(site.asked.map(({ path }) => path).toSorted()).toEqual(["/", "/a", "/b", "/robots.txt"]);
  const gaps = site.asked.slice(1).map(({ at }, index) => at - (site.asked[index]?.at ?? 0));
  // A timer may be a millisecond early against the clock that is read here.
  for (const gap of gaps) expect(gap).toBeGreaterThan(395);
});

test("a site whose robots.txt excludes the start is not crawled, and the reason is told", async () => {
  const site = await serveSite((_, response) => response.end("User-agent: *\nDisallow: /\n"));
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done).toMatchObject({
    state: "failed",
    error: expect.stringContaining("robots.txt does not allow"),
  });
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt"]);
});

test("a site whose robots.txt cannot be had because the server fails is left alone", async () => {
  const site = await serveSite((_, response) => response.writeHead(503).end());
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done).toMatchObject({ state: "failed", error: expect.stringContaining("503") });
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt"]);
});

test("a crawl that is cancelled while robots.txt is still awaited asks for no page", async () => {
  const site = await serveSite(() => undefined);
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  await sandbox.until(
    async () => site.asked.length,
    (asked) => asked > 0,
  );
  await sandbox.ask(`/sandbox/crawls/${id}`, undefined, "DELETE");
  expect(await sandbox.crawled(id)).toMatchObject({ state: "cancelled", pagesDone: 0 });
  await wait(300);
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt"]);
});

test("a crawl that the server's stop cut off begins anew at the next start, and is not told as cancelled by somebody", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    return response.writeHead(200, page).end(html("x", `${request.url}a/`));
  });
  const dataDir = await folder();
  const first = await openSandboxForTest({ dataDir });
  const { id } = await first.beginCrawl({ url: site.origin });
  await first.until(
    () => first.crawl(id),
    ({ pagesDone }) => pagesDone > 0,
  );
  await first.close();
  const second = await openSandboxForTest({ dataDir });
  expect(await second.crawl(id)).toMatchObject({
    state: "running",
    restarts: 1,
    error: null,
  });
});

test("a file is noted by its type and size, and not read", async () => {
  let sent = 0;
  const mb = Buffer.alloc(1_048_576);
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    if (request.url === "/") return response.writeHead(200, page).end(html("x", "/film.mp4"));
    response.writeHead(200, { "content-type": "video/mp4", "content-length": String(200 * mb.length) });
    const more = () => {
      while (sent < 200 && !response.destroyed) {
        sent++;
        if (!response.write(mb)) return;
      }
    };
    response.on("drain", more);
    more();
    return undefined;
  });
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  const [row] = await sandbox.rows(done.project, done.analysis ?? "", {
    dimensions: ["content_type", "byte_size", "compliant.main_reason"].map(
      (one) => `crawl.${done.analysis}.${one}`,
    ),
    filters: { field: `crawl.${done.analysis}.url`, predicate: "ends", value: ".mp4" },
  });
  expect(row?.dimensions).toEqual(["video/mp4", 200 * mb.length, "content_type"]);
  expect(sent).toBeLessThan(50);
});

test("a page without an end is read up to a limit, and the crawl goes on", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    if (request.url === "/") return response.writeHead(200, page).end(html("x", "/endless", "/after"));
    if (request.url === "/after") return response.writeHead(200, page).end(html("after"));
    response.writeHead(200, page).write("<head><title>Endless</title></head>");
    const more = () => {
      while (!response.destroyed) if (!response.write("x".repeat(65_536))) return;
    };
    response.on("drain", more);
    more();
    return undefined;
  });
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done).toMatchObject({ state: "done", pagesDone: 3 });
  const rows = await sandbox.rows(done.project, done.analysis ?? "", {
    dimensions: ["metadata.title.content", "byte_size"].map((one) => `crawl.${done.analysis}.${one}`),
    filters: { field: `crawl.${done.analysis}.url`, predicate: "ends", value: "/endless" },
  });
  expect(rows[0]?.dimensions[0]).toBe("Endless");
  expect(Number(rows[0]?.dimensions[1])).toBeLessThan(12 * 1_048_576);
});

test("no link is followed beyond the depth that was wished for", async () => {
  const site = await serveSite((request, response) =>
    request.url === "/robots.txt"
      ? response.writeHead(404).end()
      : response.writeHead(200, page).end(html("x", `${request.url}a/`)),
  );
  const sandbox = await openSandboxForTest();
  await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin, maxDepth: 2 })).id);
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt", "/", "/a/", "/a/a/"]);
});

test("a start that leads to another host fails and names the address to crawl instead", async () => {
  const site = await serveSite((request, response) =>
    request.url === "/robots.txt"
      ? response.writeHead(404).end()
      : response.writeHead(301, { location: "https://www.example.invalid/" }).end(),
  );
  const sandbox = await openSandboxForTest();
  const done = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(done.error).toContain("https://www.example.invalid/");
  expect(done.state).toBe("failed");
});

test("the crawler does not dress up as a browser", async () => {
  const headers = new Set<string>();
  const site = await serveSite((request, response) => {
    if (request.url === "/") for (const name of Object.keys(request.headers)) headers.add(name);
    response.writeHead(request.url === "/robots.txt" ? 404 : 200, page).end(html("x"));
  });
  const sandbox = await openSandboxForTest();
  await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  // Which of a browser's headers Crawlee makes up changes from time to time; a language is always among them.
  expect(headers).toContain("user-agent");
  expect(headers).not.toContain("accept-language");
});

test("title, description and canonical are found as loosely as browsers find them, and base counts for links", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    if (request.url !== "/")
      return response.writeHead(200, { ...page, "x-robots-tag": "noindex" }).end(html("x"));
    return response
      .writeHead(200, page)
      .end(
        `<base href="/below/"><svg><title>Drawing</title></svg><title>Loose</title><META NAME="Description" CONTENT="Big letters">` +
          `<link rel="Canonical" href="/"><a href="page">x</a>`,
      );
  });
  const sandbox = await openSandboxForTest();
  const { project, analysis } = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  const rows = await sandbox.rows(project, analysis ?? "", {
    dimensions: [
      "url",
      "metadata.title.content",
      "metadata.description.content",
      "canonical.to.equal",
      "metadata.robots.noindex",
    ].map((one) => `crawl.${analysis}.${one}`),
  });
  expect(rows.map(({ dimensions }) => dimensions)).toEqual([
    [`${site.origin}/`, "Loose", "Big letters", true, false],
    [`${site.origin}/below/page`, "x", null, null, true],
  ]);
});
