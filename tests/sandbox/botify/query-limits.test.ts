import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type Sandbox } from "./world.ts";

let sandbox: Sandbox;
let analysis: string;
const id = (field: string) => `crawl.${analysis}.${field}`;
const rows = (query: object) => sandbox.rows("sample-site", analysis, query);
const count = async (filters: object) =>
  (await rows({ metrics: [{ function: "count", args: [id("url")] }], filters }))[0]?.metrics[0];

beforeAll(async () => {
  sandbox = await openSandbox({ seed: true });
  const { body } = await sandbox.ask("/analyses/this-machine/sample-site/light");
  analysis = (body as { results: { slug: string }[] }).results[0]?.slug ?? "";
});
afterAll(() => sandbox.close());

test.each([
  ["a pattern that is none", () => ({ filters: { field: id("url"), predicate: "re", value: "(" } }), "1020"],
  [
    "a pattern of 501 characters",
    () => ({ filters: { field: id("url"), predicate: "re", value: "a".repeat(501) } }),
    "1020",
  ],
  ["a sort index out of range", () => ({ sort: [99] }), "1020"],
  ["a sort index below nothing", () => ({ sort: [-1] }), "1020"],
  [
    "a filter of a thousand conditions",
    () => ({
      filters: {
        or: Array.from({ length: 1_200 }, (_, value) => ({ field: id("depth"), predicate: "eq", value })),
      },
    }),
    "1043",
  ],
  ["a thousand columns", () => ({ dimensions: Array.from({ length: 3_000 }, () => id("url")) }), "1043"],
])("%s is refused with its code, never an internal error", async (_, query, code) => {
  await expect(rows({ dimensions: [id("url")], ...query() })).rejects.toThrow(`"error_code":"${code}"`);
});

test("a page with several headings is found by any one of them", async () => {
  const field = id("metadata.h1.contents");
  expect(await count({ field, predicate: "eq", value: "Who we are" })).toBe(1);
  expect(
    await count({
      and: [
        { field, predicate: "eq", value: "The team" },
        { field, predicate: "starts", value: "Who" },
      ],
    }),
  ).toBe(1);
  expect(await count({ field, predicate: "contains", value: '","' })).toBe(0);
});

test("rows can be ordered by a metric that is named as a field", async () => {
  const found = await rows({
    dimensions: [id("depth")],
    metrics: [{ field: id("count_urls_crawl") }],
    sort: [{ field: id("count_urls_crawl"), order: "desc" }],
  });
  const counts = found.map(({ metrics }) => Number(metrics[0]));
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(counts.length).toBe(6);
});

test("links can be counted, filtered and sorted by without being a column", async () => {
  const link = id("outlinks_internal.graph.url");
  const edges = Number(
    (await rows({ metrics: [{ function: "sum", args: [id("outlinks_internal.nb.total")] }] }))[0]?.metrics[0],
  );
  expect((await rows({ metrics: [{ function: "count", args: [link] }] }))[0]?.metrics[0]).toBe(edges);
  const some = Number(await count({ field: link, predicate: "contains", value: "/tents/" }));
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(edges);
});

test("count_true, count_false and count_null add up to all rows", async () => {
  const of = (name: string) => ({ function: name, args: [id("canonical.to.equal")] });
  const [row] = await rows({ metrics: ["count_true", "count_false", "count_null"].map(of) });
  const all = await count({});
  expect(row?.metrics.reduce<number>((sum, one) => sum + Number(one), 0)).toBe(all);
  expect(Number(row?.metrics[1])).toBeGreaterThan(0);
});
