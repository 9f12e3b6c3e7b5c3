import { expect, test } from "vitest";
import { readHtml } from "#crawl/read-html.ts";
import { heldMs, longestHoldMs } from "../hostile/held.ts";
import { html, openSandboxForTest, serveSite } from "../sandbox/botify/world.ts";

const page = { "content-type": "text/html; charset=utf-8" };

test("a page of millions of nested tags is cut, told by name, and neither holds up who asks nor keeps the other pages away", async () => {
  const nested = `<title>Deep</title>${"<div>".repeat(900_000)}`;
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    if (request.url === "/deep") return response.writeHead(200, page).end(nested);
    return response
      .writeHead(200, page)
      .end(request.url === "/" ? html("x", "/deep", "/a", "/b") : html("y"));
  });
  const sandbox = await openSandboxForTest();
  // This process keeps the crawl and serves the site.
  const { longestMs, result: done } = await heldMs(async () =>
    sandbox.crawled((await sandbox.beginCrawl({ url: site.origin })).id),
  );
  expect(longestMs).toBeLessThan(longestHoldMs);
  expect(done).toMatchObject({
    state: "done",
    pagesDone: 4,
    cutPages: 1,
    cut: [{ url: `${site.origin}/deep`, why: expect.stringContaining("nested more than 512 deep") }],
  });
  const title = `crawl.${done.analysis}.metadata.title.content`;
  const rows = await sandbox.rows(done.project, done.analysis, { dimensions: [title] });
  expect(rows.map(({ dimensions }) => dimensions[0]).toSorted()).toEqual(["Deep", "x", "y", "y"]);
});

test("pages of ten thousand links each, to this host and to others, hold up nobody while they are kept, and when their links are counted", async () => {
  const links = (to: string, many: number) =>
    Array.from({ length: many }, (_, at) => `<a href="${to}/${at}">x</a>`).join("");
  const wide = Array.from({ length: 20 }, (_, at) =>
    links(at % 2 === 0 ? "/far" : `http://h${at}.example`, 9_000),
  );
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    response.writeHead(200, page);
    const [, at] = /^.wide.([0-9]+)$/.exec(request.url ?? "") ?? [];
    return response.end(request.url === "/" ? links("/wide", wide.length) : (wide[Number(at)] ?? "leaf"));
  });
  const sandbox = await openSandboxForTest();
  const { longestMs, result: done } = await heldMs(async () =>
    sandbox.crawled((await sandbox.beginCrawl({ url: site.origin, mostPages: 60 })).id),
  );
  expect(longestMs).toBeLessThan(longestHoldMs);
  expect(done).toMatchObject({ state: "done", pagesDone: 60 });
  const field = (id: string) => `crawl.${done.analysis}.${id}`;
  const rows = await sandbox.rows(done.project, done.analysis, {
    dimensions: [field("url"), field("depth"), field("inlinks_internal.nb.unique")],
  });
  expect(rows.find(({ dimensions }) => dimensions[0] === `${site.origin}/far/7`)?.dimensions).toEqual([
    `${site.origin}/far/7`,
    2,
    10,
  ]);
});

/** With work that grows as the square of a page's length, each would take hours. */
test.each([
  ["elements in each other", "<b>".repeat(1_000_000)],
  ["elements in each other, closed by others", "<i>".repeat(500_000) + "</b>".repeat(500_000)],
  ["closings of what was never opened", "</b>".repeat(1_000_000)],
  ["drawings in each other", "<svg>".repeat(800_000)],
  ["links", '<a href="/x">x</a>'.repeat(200_000)],
  ["headings", "<h1>a</h1>".repeat(400_000)],
  [
    "attributes of one element",
    `<a ${Array.from({ length: 400_000 }, (_, index) => `x${index}`).join(" ")}>`,
  ],
  ["an attribute without an end", `<a href="${"x".repeat(4_000_000)}`],
  ["a comment without an end", `<!--${"-".repeat(4_000_000)}`],
  ["openings of tags", "<".repeat(4_000_000)],
  ["entities", "&amp".repeat(1_000_000)],
  ["blanks before where a refresh leads", `<meta http-equiv="refresh" content="${" ".repeat(9_000)}x\ny">`],
  ["an entity without an end", `<title>&${"a".repeat(4_000_000)}`],
])("megabytes of %s are read or cut, and what came before them is known", (_, text) => {
  expect(readHtml(`<title>Before</title>${text}`).title).toBe("Before");
});

test("what a page says is kept within limits", () => {
  const long = "x".repeat(100_000);
  const facts = readHtml(
    `<title>${long}</title><meta name="description" content="${long}">${`<h1>${long}</h1>`.repeat(200)}`,
  );
  expect(facts.title?.length).toBeLessThan(11_000);
  expect(facts.description?.length).toBeLessThan(11_000);
  expect(facts.h1.length).toBe(100);
  expect(facts.h1[0]?.length).toBeLessThan(11_000);
});
