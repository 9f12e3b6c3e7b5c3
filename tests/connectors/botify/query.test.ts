import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readableAnalysis } from "#connectors/botify/analysis-slug.ts";
import { curl } from "#connectors/botify/curl.ts";
import {
  conditionFrom,
  type Filter,
  fieldType,
  filterSchema,
  predicates,
  predicatesFor,
} from "#connectors/botify/filter.ts";
import { parseProjectUrl } from "#connectors/botify/project-url.ts";
import {
  countQuery,
  countsExactly,
  creditsFor,
  depthQuery,
  exportJob,
  exportQuery,
} from "#connectors/botify/query.ts";
import { canonicalJson, queryHash } from "#connectors/botify/query-hash.ts";
import { templates } from "#connectors/botify/templates.ts";

const field = fc.constantFrom("depth", "http_code", "metadata.title.content", "segments.pagetype.value");
const ordered = fc.oneof(fc.integer(), fc.string({ minLength: 1 }));
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    field,
    predicate: fc.constant("eq" as const),
    value: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  }),
  fc.record({
    field,
    predicate: fc.constantFrom("contains", "starts", "ends", "re"),
    value: fc.string({ minLength: 1 }),
  }),
  fc.record({ field, predicate: fc.constantFrom("lt", "lte", "gt", "gte"), value: ordered }),
  fc.record({ field, predicate: fc.constant("between" as const), value: fc.tuple(ordered, ordered) }),
  fc.record({ field, predicate: fc.constant("exists" as const) }),
);
const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    condition,
    fc.record({ and: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("filter") }),
  ),
})).filter;

describe("filters from outside", () => {
  it("come through JSON and the schema unchanged", () => {
    fc.assert(
      fc.property(filters, (filter) => {
        expect(filterSchema.parse(JSON.parse(JSON.stringify(filter)))).toEqual(
          JSON.parse(JSON.stringify(filter)),
        );
      }),
    );
  });

  const nested = (levels: number): unknown =>
    levels === 0 ? { field: "depth", predicate: "exists" } : { not: nested(levels - 1) };

  it.each([
    [
      "two operators at once",
      { and: [{ field: "a", predicate: "exists" }], or: [{ field: "a", predicate: "exists" }] },
    ],
    ["an empty list", { and: [] }],
    ["an unknown predicate", { field: "a", predicate: "like", value: "x" }],
    ["a value where none belongs", { field: "a", predicate: "exists", value: 1 }],
    ["a missing value", { field: "a", predicate: "lte" }],
    ["one end of two", { field: "a", predicate: "between", value: [1] }],
    ["a number for text", { field: "a", predicate: "contains", value: 3 }],
    ["a field with a line break", { field: "a\nb", predicate: "exists" }],
    ["eleven levels", nested(11)],
    ["a hundred thousand levels", JSON.parse(`${'{"not":'.repeat(5_000)}{}${"}".repeat(5_000)}`)],
    ["nothing", null],
  ])("are refused with %s", (_, filter) => {
    expect(filterSchema.safeParse(filter).success).toBe(false);
  });

  it("may be nested as deep as we say", () => {
    expect(filterSchema.safeParse(nested(9)).success).toBe(true);
  });
});

describe("conditions from what a person typed", () => {
  it.each([
    ["number", "lte", " 3 ", { value: 3 }],
    ["number", "between", "200, 299", { value: [200, 299] }],
    ["text", "eq", "3", { value: "3" }],
    ["text", "contains", "a,b", { value: "a,b" }],
    ["boolean", "eq", "Yes", { value: true }],
    ["date", "gte", "2024-03-01", { value: "2024-03-01" }],
    ["other", "exists", "ignored", {}],
  ] as const)("%s %s %s", (type, predicate, text, rest) => {
    expect(conditionFrom("f", type, predicate, text)).toEqual({ field: "f", predicate, ...rest });
  });

  it.each([
    ["number", "lte", "many"],
    ["number", "contains", "3"],
    ["number", "between", "1"],
    ["boolean", "eq", "perhaps"],
    ["text", "contains", " "],
  ] as const)("are refused for %s %s “%s”", (type, predicate, text) => {
    expect(() => conditionFrom("f", type, predicate, text)).toThrow(
      expect.objectContaining({ code: "bad-answer" }),
    );
  });

  it("always make a filter that the schema takes", () => {
    const types = fc.constantFrom("text", "number", "boolean", "date", "other");
    fc.assert(
      fc.property(types, fc.constantFrom(...predicates), fc.string(), (type, predicate, text) => {
        fc.pre(predicatesFor(type).includes(predicate));
        let made: unknown;
        try {
          made = conditionFrom("f", type, predicate, text);
        } catch {
          return;
        }
        expect(filterSchema.safeParse(made).success).toBe(true);
      }),
    );
  });

  it("know Botify's names of types", () => {
    expect(["INT", "FLOAT", "STRING", "BOOL", "DATE", "DATETIME", "strange", null].map(fieldType)).toEqual([
      "number",
      "number",
      "text",
      "boolean",
      "date",
      "date",
      "other",
      "other",
    ]);
  });
});

describe("queries", () => {
  it("are those of the original exporter, with a JSON number for the depth", () => {
    const choice = {
      analysis: "20240301",
      fields: ["metadata.title.content", "url", "metadata.title.content"],
      filter: null,
      maxDepth: 3,
    };
    expect(exportQuery(choice)).toEqual({
      collections: ["crawl.20240301"],
      query: {
        dimensions: ["crawl.20240301.url", "crawl.20240301.metadata.title.content"],
        metrics: [],
        filters: { field: "crawl.20240301.depth", predicate: "lte", value: 3 },
        sort: [{ field: "crawl.20240301.url", order: "asc" }],
      },
    });
    expect(countQuery(choice)).toEqual({
      collections: ["crawl.20240301"],
      query: {
        dimensions: [],
        metrics: [{ function: "count", args: ["crawl.20240301.url"] }],
        filters: { field: "crawl.20240301.depth", predicate: "lte", value: 3 },
      },
    });
    expect(depthQuery("20240301").query.metrics).toEqual([{ field: "crawl.20240301.count_urls_crawl" }]);
    expect(exportJob("acme", "shop", exportQuery(choice)).payload).toMatchObject({
      username: "acme",
      project: "shop",
      export_size: 1_000_000,
      connector: "direct_download",
      formatter_config: { print_delimiter: false },
    });
  });

  it("name every field of a filter with its collection, however deep, and add the depth limit", () => {
    const filter: Filter = {
      or: [
        { not: { field: "http_code", predicate: "eq", value: 200 } },
        { field: "url", predicate: "exists" },
      ],
    };
    expect(exportQuery({ analysis: "a", fields: [], filter, maxDepth: 2 }).query.filters).toEqual({
      and: [
        { field: "crawl.a.depth", predicate: "lte", value: 2 },
        {
          or: [
            { not: { field: "crawl.a.http_code", predicate: "eq", value: 200 } },
            { field: "crawl.a.url", predicate: "exists" },
          ],
        },
      ],
    });
    expect(exportQuery({ analysis: "a", fields: [], filter: null, maxDepth: null }).query).not.toHaveProperty(
      "filters",
    );
  });

  it("count links by their sum and price them at a tenth", () => {
    const fields = templates.find(({ id }) => id === "link-graph")?.fields ?? [];
    expect(countQuery({ analysis: "a", fields, filter: null, maxDepth: null }).query.metrics).toEqual([
      { function: "sum", args: ["crawl.a.outlinks_internal.nb.total"] },
    ]);
    expect([
      countsExactly(fields),
      creditsFor(1_234, fields),
      countsExactly(["depth"]),
      creditsFor(1_234, []),
    ]).toEqual([false, 123.4, true, 1_234]);
  });

  it("have templates whose filters the schema takes", () => {
    for (const { filter } of templates)
      if (filter !== null) expect(filterSchema.parse(filter)).toEqual(filter);
    expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length);
  });

  it("have one hash whatever the order of keys, and another for other columns, order of columns, project", () => {
    const query = exportQuery({ analysis: "a", fields: ["x", "y"], filter: null, maxDepth: 1 });
    const turned = JSON.parse(
      JSON.stringify({
        query: Object.fromEntries(Object.entries(query.query).reverse()),
        collections: query.collections,
      }),
    );
    expect(queryHash("o", "p", turned)).toBe(queryHash("o", "p", query));
    const others = [
      queryHash("o", "p", exportQuery({ analysis: "a", fields: ["x"], filter: null, maxDepth: 1 })),
      queryHash("o", "p", exportQuery({ analysis: "a", fields: ["y", "x"], filter: null, maxDepth: 1 })),
      queryHash("o", "q", query),
      queryHash("o_p", "", query),
    ];
    expect(new Set([...others, queryHash("o", "p", query)]).size).toBe(5);
  });

  it("are hashed over JSON that means the same as what is sent", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("curl", () => {
  it("is read by a shell as exactly this call, with the token's place taken by a variable", () => {
    const body = { text: `it's "$HOME" \`id\` \\ \n ünï` };
    const command = curl({ method: "POST", url: new URL("https://api.botify.com/v1/jobs?a=1&b='x'"), body });
    const shown = execFileSync("sh", ["-c", command.replace("curl ", "printf '%s\\0' ")], {
      env: { BOTIFY_TOKEN: "T" },
    });
    const words = shown.toString().split("\0").slice(0, -1);
    expect(words.slice(0, 6)).toEqual([
      "-X",
      "POST",
      "https://api.botify.com/v1/jobs?a=1&b=%27x%27",
      "-H",
      "Authorization: Token T",
      "-H",
    ]);
    expect(JSON.parse(words.at(-1) ?? "")).toEqual(body);
  });
});

describe("readable analysis", () => {
  it.each([
    ["20250616-2", "16 June 2025 (crawl 2)"],
    ["20240301", "1 March 2024"],
    ["20241341", "20241341"],
    ["my-crawl", "my-crawl"],
  ])("%s is %s", (slug, text) => {
    expect(readableAnalysis(slug)).toBe(text);
  });
});

describe("project address", () => {
  it.each([
    [
      "https://app.botify.com/example-org/example.com/crawl?analysisSlug=20250413&comparisonAnalysisSlug=20250330",
      { org: "example-org", project: "example.com", analysis: "20250413" },
    ],
    [" app.botify.com/org/mikelev.in ", { org: "org", project: "mikelev.in", analysis: null }],
    ["org/my_project.fr/", { org: "org", project: "my_project.fr", analysis: null }],
    ["http://app.botify.com/o/p#x", { org: "o", project: "p", analysis: null }],
    ["https://app.botify.com/o/p?analysisSlug=../../x", { org: "o", project: "p", analysis: null }],
  ])("reads %s", (text, expected) => {
    expect(parseProjectUrl(text)).toEqual(expected);
  });

  it.each([
    ["", /missing/],
    ["https://evil.example/o/p", /evil\.example, not to app\.botify\.com/],
    ["https://app.botify.com.evil.example/o/p", /not to app\.botify\.com/],
    ["https://api.botify.com/v1/projects", /Botify's API/],
    ["https://app.botify.com/account", /names no project/],
    ["app.botify.com/org", /names no project/],
    ["https://app.botify.com/o/%2e%2e%2fx", /no name/],
    ["javascript:alert(1)", /no web address/],
    ["o/..", /no name/],
    ["just words", /no web address/],
  ])("refuses “%s” with a reason", (text, reason) => {
    expect(() => parseProjectUrl(text)).toThrow(
      expect.objectContaining({
        code: "bad-answer",
        field: "project",
        message: expect.stringMatching(reason),
      }),
    );
  });

  it("takes a self-hosted server's own addresses only for its own connection", () => {
    const text = "http://127.0.0.1:4001/o/p?analysisSlug=20250413-2";
    expect(parseProjectUrl(text, { baseUrl: new URL("http://127.0.0.1:4001/v1") })).toEqual({
      org: "o",
      project: "p",
      analysis: "20250413-2",
    });
    expect(() => parseProjectUrl(text, { baseUrl: new URL("http://127.0.0.1:4002/v1") })).toThrow(
      /not to app\.botify\.com/,
    );
    expect(() => parseProjectUrl(text)).toThrow();
  });
});
