import { expect, test } from "vitest";
import { walk } from "#crawl/walk.ts";
import { html, serveSite } from "../sandbox/botify/world.ts";

test("a robots.txt of very many wildcards makes a crawl slow, and never keeps it from saying that it is alive", async () => {
  const rules = `Disallow: /${"*a".repeat(12)}b\n`.repeat(6_000);
  const links = Array.from({ length: 80 }, (_, place) => `/${"a".repeat(20)}${place}`);
  let turns = 0;
  let counting: NodeJS.Immediate | undefined;
  const count = () => {
    turns++;
    counting = setImmediate(count);
  };
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.end(`User-agent: *\n${rules}`);
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(request.url === "/" ? html("x", ...links) : "y");
    if (request.url !== "/") return;
    // What is counted begins when the page is there, of which 80 links are looked at.
    response.once("close", () => setTimeout(count, 20));
  });
  const found: string[] = [];
  await walk({
    url: `${site.origin}/`,
    known: [{ url: `${site.origin}/`, depth: 0, done: false }],
    limits: { mostPages: 1, mostDepth: 3, pauseMs: 0 },
    pausing: new AbortController().signal,
    onFind: ({ leftOut }) => {
      clearImmediate(counting);
      found.push(...leftOut.map(({ why }) => why));
    },
  });
  expect(found).toHaveLength(80);
  expect(turns).toBeGreaterThan(3);
});
