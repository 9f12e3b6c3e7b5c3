import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type Sandbox } from "./world.ts";

interface Row {
  url: string;
  depth: number;
  http_code: number;
  "metadata.title.content": string | null;
  "compliant.is_compliant": boolean;
}
const columns = [
  "url",
  "depth",
  "http_code",
  "metadata.title.content",
  "compliant.is_compliant",
] as const satisfies (keyof Row)[];

let sandbox: Sandbox;
let analysis: string;
let all: Row[];
const id = (field: string) => `crawl.${analysis}.${field}`;
const rows = (query: object, params = "") => sandbox.rows("sample-site", analysis, query, params);
const refusal = (query: object) =>
  rows(query).then(
    () => null,
    (error: Error) => error.message,
  );
/** The addresses for which a filter holds. */
const matching = async (filters: unknown) =>
  (await rows({ dimensions: [id("url")], filters }, "?size=2000")).map(({ dimensions }) => dimensions[0]);

beforeAll(async () => {
  sandbox = await openSandbox({ seed: true });
  const { body } = await sandbox.ask("/analyses/this-machine/sample-site/light");
  analysis = (body as { results: { slug: string }[] }).results[0]?.slug ?? "";
  all = (await rows({ dimensions: columns.map(id) }, "?size=2000")).map(
    ({ dimensions }) =>
      Object.fromEntries(columns.map((name, index) => [name, dimensions[index]])) as unknown as Row,
  );
});
afterAll(() => sandbox.close());

test("the sample site has its 400 pages, so that what follows means something", () => {
  expect(all.length).toBeGreaterThan(390);
  expect(new Set(all.map(({ depth }) => depth))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});

const lower = (value: unknown): string => String(value).toLowerCase();
// Whether Botify tells big letters from small ones in these three is not known; SQLite's LIKE does not.
const predicates: Record<string, (cell: unknown, value: never) => boolean> = {
  eq: (cell, value: unknown) => cell === value,
  lt: (cell, value: number) => Number(cell) < value,
  lte: (cell, value: number) => Number(cell) <= value,
  gt: (cell, value: number) => Number(cell) > value,
  gte: (cell, value: number) => Number(cell) >= value,
  between: (cell, [from, to]: [number, number]) => Number(cell) >= from && Number(cell) <= to,
  contains: (cell, value: string) => lower(cell).includes(lower(value)),
  starts: (cell, value: string) => lower(cell).startsWith(lower(value)),
  ends: (cell, value: string) => lower(cell).endsWith(lower(value)),
  re: (cell, value: string) => new RegExp(value, "u").test(String(cell)),
};

interface Condition {
  field: keyof Row;
  predicate: string;
  value?: unknown;
}
type Filter = Condition | { and: Filter[] } | { or: Filter[] } | { not: Filter };

const holds = (filter: Filter, row: Row): boolean => {
  if ("and" in filter) return filter.and.every((one) => holds(one, row));
  if ("or" in filter) return filter.or.some((one) => holds(one, row));
  if ("not" in filter) return !holds(filter.not, row);
  const cell = row[filter.field];
  if (filter.predicate === "exists") return cell !== null;
  return cell !== null && (predicates[filter.predicate]?.(cell, filter.value as never) ?? false);
};
const named = (filter: Filter): unknown => {
  if ("and" in filter) return { and: filter.and.map(named) };
  if ("or" in filter) return { or: filter.or.map(named) };
  if ("not" in filter) return { not: named(filter.not) };
  return { ...filter, field: id(filter.field) };
};

const number = fc.constantFrom(0, 1, 2, 3, 4, 5, 200, 301, 404);
const text = fc.constantFrom(
  "tents",
  "/journal/",
  "Fox",
  "%",
  "_",
  "\\",
  '"',
  "\n",
  "モデル",
  "<img",
  "' OR 1=1 --",
);
const condition = fc.oneof(
  fc.record({
    field: fc.constantFrom("depth", "http_code"),
    predicate: fc.constantFrom("eq", "lt", "lte", "gt", "gte"),
    value: number,
  }),
  fc.record({
    field: fc.constantFrom("depth", "http_code"),
    predicate: fc.constant("between"),
    value: fc.tuple(number, number),
  }),
  fc.record({
    field: fc.constantFrom("url", "metadata.title.content"),
    predicate: fc.constantFrom("contains", "starts", "ends", "eq"),
    value: text,
  }),
  fc.record({
    field: fc.constantFrom("url", "metadata.title.content"),
    predicate: fc.constant("re"),
    value: fc.constantFrom("^A ", "\\d/$", "(Fox|Lynx)", "\\p{Script=Han}", "^$"),
  }),
  fc.record({ field: fc.constantFrom("metadata.title.content", "url"), predicate: fc.constant("exists") }),
  fc.record({
    field: fc.constant("compliant.is_compliant"),
    predicate: fc.constant("eq"),
    value: fc.boolean(),
  }),
) as fc.Arbitrary<Condition>;
const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    condition,
    fc.record({ and: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("tree") }),
  ),
}));

test("any nest of and, or and not over any predicate gives exactly the rows for which it holds", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (filter) => {
      const expected = all.filter((row) => holds(filter, row)).map(({ url }) => url);
      expect(new Set(await matching(named(filter)))).toEqual(new Set(expected));
    }),
    { numRuns: 150 },
  );
});

test("rows per depth add up to the count of all, in the order that was asked for", async () => {
  const depths = await rows({
    dimensions: [id("depth")],
    metrics: [{ field: id("count_urls_crawl") }],
    sort: [{ field: id("depth"), order: "asc" }],
  });
  expect(depths.map(({ dimensions }) => dimensions[0])).toEqual([0, 1, 2, 3, 4, 5]);
  const sum = depths.reduce((total, { metrics }) => total + Number(metrics[0]), 0);
  const [counted] = await rows({ metrics: [{ function: "count", args: [id("url")] }] });
  expect([sum, counted?.metrics[0]]).toEqual([all.length, all.length]);
});

test("sum, avg, min, max and count_distinct agree with the rows", async () => {
  const of = (name: string) => ({ function: name, args: [id("depth")] });
  const [row] = await rows({ metrics: ["sum", "avg", "min", "max", "count_distinct"].map(of) });
  const depths = all.map(({ depth }) => depth);
  const sum = depths.reduce((total, depth) => total + depth, 0);
  expect(row?.metrics.map(Number)).toEqual([sum, expect.closeTo(sum / depths.length), 0, 5, 6]);
});

test("the edges counted beforehand are the edges that a link graph has", async () => {
  const filters = { field: id("depth"), predicate: "lte", value: 2 };
  const [counted] = await rows({
    metrics: [{ function: "sum", args: [id("outlinks_internal.nb.total")] }],
    filters,
  });
  const edges = await rows(
    { dimensions: [id("url"), id("outlinks_internal.graph.url")], filters },
    "?size=2000",
  );
  expect(edges.length).toBeGreaterThan(100);
  expect(counted?.metrics[0]).toBe(edges.length);
});

test("pages of a query follow each other without a gap or a repetition; the size ends at 2,000", async () => {
  const sort = [{ field: id("url"), order: "asc" }];
  const seen: unknown[] = [];
  for (let page = 1; page <= 5; page++)
    seen.push(
      ...(await rows({ dimensions: [id("url")], sort }, `?size=100&page=${page}`)).map(
        (row) => row.dimensions[0],
      ),
    );
  expect(seen).toEqual(all.map(({ url }) => url).toSorted());
  const { body } = await sandbox.ask("/projects/this-machine/sample-site/query?size=9999", {
    collections: [`crawl.${analysis}`],
    query: { dimensions: [id("url")], metrics: [] },
  });
  expect(body).toMatchObject({ size: 2_000, next: null });
});

test("both ways to write a sort key give the same order", async () => {
  const query = { dimensions: [id("url"), id("depth")], metrics: [{ function: "count", args: [id("url")] }] };
  const one = await rows({ ...query, sort: [{ field: id("depth"), order: "desc" }, { field: id("url") }] });
  const two = await rows({
    ...query,
    sort: [
      { index: 1, type: "dimensions", order: "desc" },
      { index: 0, type: "dimensions", order: "asc" },
    ],
  });
  expect(one).toEqual(two);
  expect(one[0]?.dimensions[1]).toBe(5);
});

test("a text in a filter is a value, whatever it holds", async () => {
  const value = "x' OR '1'='1\"; DROP TABLE pages; --";
  expect(await matching({ field: id("url"), predicate: "eq", value })).toEqual([]);
  expect(await matching({ field: id("url"), predicate: "contains", value })).toEqual([]);
  expect((await rows({ metrics: [{ function: "count", args: [id("url")] }] }))[0]?.metrics[0]).toBe(
    all.length,
  );
});

test.each([
  ["an unknown field", () => ({ dimensions: [id("no.such.field")] }), "1029"],
  ["a field that is SQL", () => ({ dimensions: ["1; DROP TABLE pages"] }), "1029"],
  [
    "an unknown field in a filter",
    () => ({ dimensions: [id("url")], filters: { field: "nope", predicate: "exists" } }),
    "1029",
  ],
  ["filter instead of filters", () => ({ filter: {} }), "1020"],
  ["no dimensions", () => ({ dimensions: undefined }), "1020"],
  ["no metrics", () => ({ metrics: undefined }), "1020"],
  [
    "an unknown predicate",
    () => ({ dimensions: [id("url")], filters: { field: id("url"), predicate: "like", value: "x" } }),
    "1020",
  ],
  [
    "between with one end",
    () => ({ dimensions: [id("url")], filters: { field: id("depth"), predicate: "between", value: [1] } }),
    "1020",
  ],
  ["an empty and", () => ({ dimensions: [id("url")], filters: { and: [] } }), "1020"],
  ["an unknown function", () => ({ metrics: [{ function: "median", args: [id("depth")] }] }), "1020"],
])("%s is refused with its code", async (_, query, code) => {
  expect(await refusal(query())).toContain(`"error_code":"${code}"`);
});

test("a collection that is not there is refused in the words that people have seen", async () => {
  const { status, body } = await sandbox.ask("/projects/this-machine/sample-site/query", {
    collections: ["Organic Visits from Google"],
    query: { dimensions: [], metrics: [] },
  });
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { message: 'Unknown collection "Organic Visits from Google".' } });
});
