import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { html, openSandboxForTest, serveSite } from "../sandbox/botify/world.ts";

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

test("a robots.txt that leads to another host is not asked for there, and one that leads elsewhere on its own is obeyed", async () => {
  const other = await serveSite((_, response) => response.end("User-agent: *\nDisallow: /\n"));
  const away = await serveSite((request, response) => {
    if (request.url === "/robots.txt")
      return response.writeHead(302, { location: `${other.origin}/robots-stolen` }).end();
    return response.writeHead(200, page).end(html("x"));
  });
  const moved = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(301, { location: "/rules" }).end();
    if (request.url === "/rules") return response.end("User-agent: *\nDisallow: /secret\n");
    return response.writeHead(200, page).end(html("x", "/secret"));
  });
  const sandbox = await openSandboxForTest();
  const crawl = async (url: string) => sandbox.crawled((await sandbox.beginCrawl({ url })).id);
  expect(await crawl(away.origin)).toMatchObject({ state: "done", pagesDone: 1 });
  expect(other.asked).toEqual([]);
  expect(await crawl(moved.origin)).toMatchObject({ state: "done", pagesDone: 1 });
  expect(moved.asked.map(({ path }) => path)).toEqual(["/robots.txt", "/rules", "/"]);
});

test("a crawl that is cancelled while robots.txt is still awaited asks for no page", async () => {
  const site = await serveSite(() => undefined);
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  await sandbox.until(
    async () => site.asked.length,
    (asked) => asked > 0,
  );
  await sandbox.crawls.cancel(id);
  expect(await sandbox.crawled(id)).toMatchObject({ state: "cancelled", pagesDone: 0 });
  await wait(300);
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt"]);
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

test("a page is read in the encoding that it tells, compressed or not", async () => {
  const site = await serveSite((request, response) => {
    switch (request.url) {
      case "/robots.txt":
        return response.writeHead(404).end();
      case "/":
        return response
          .writeHead(200, { ...page, "content-encoding": "gzip" })
          .end(gzipSync(html("Größe", "/latin", "/japanese")));
      case "/latin":
        return response
          .writeHead(200, { "content-type": "text/html; charset=ISO-8859-1" })
          .end(Buffer.from("<title>Größe</title>", "latin1"));
      default:
        return response
          .writeHead(200, { "content-type": "text/html" })
          .end(
            Buffer.concat([
              Buffer.from('<meta charset="shift_jis"><title>'),
              Buffer.from("836583938367", "hex"),
              Buffer.from("</title>"),
            ]),
          );
    }
  });
  const sandbox = await openSandboxForTest();
  const { project, analysis } = await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  const rows = await sandbox.rows(project, analysis, {
    dimensions: [`crawl.${analysis}.metadata.title.content`],
  });
  expect(rows.map(({ dimensions }) => dimensions[0])).toEqual(["Größe", "テント", "Größe"]);
});

test("a redirect to an address with letters of other scripts is followed", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    // As many servers send it: UTF-8, which Node itself would refuse to write.
    if (request.url === "/")
      return response.socket?.end("HTTP/1.1 301 Moved\r\nLocation: /größe\r\nContent-Length: 0\r\n\r\n");
    return response.writeHead(200, page).end(html("x"));
  });
  const sandbox = await openSandboxForTest();
  await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id);
  expect(site.asked.map(({ path }) => path)).toEqual(["/robots.txt", "/", "/gr%C3%B6%C3%9Fe"]);
});

test("no link is followed beyond the depth that was wished for", async () => {
  const site = await serveSite((request, response) =>
    request.url === "/robots.txt"
      ? response.writeHead(404).end()
      : response.writeHead(200, page).end(html("x", `${request.url}a/`)),
  );
  const sandbox = await openSandboxForTest();
  await sandbox.crawled((await sandbox.beginCrawl({ url: site.origin, mostDepth: 2 })).id);
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
