import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createBotify } from "#connectors/botify/client.ts";
import { depthQuery, exportJob, exportQuery } from "#connectors/botify/query.ts";
import { AppError } from "#core/errors.ts";
import { never, rejection } from "../http/servers.ts";
import { type Answer, hurriedClock, json, serve } from "./server.ts";

const token = "t0ken-that-must-stay-secret";
const at = { org: "acme", project: "shop.example" };

const botifyOn = async (answer: Answer) => {
  const server = await serve(answer);
  const clock = hurriedClock();
  return { ...server, clock, botify: createBotify({ baseUrl: `${server.origin}/v1`, token, clock }) };
};

const aJob = exportJob(
  "acme",
  "shop.example",
  exportQuery({ analysis: "20240301", fields: [], filter: null, maxDepth: 3 }),
);

describe("asking", () => {
  it("signs each request with the token and names the user", async () => {
    const { botify, requests } = await botifyOn((_, response) =>
      json(response, { data: { username: "jane.doe", more: 1 } }),
    );
    expect(await botify.profile(never)).toEqual({ username: "jane.doe" });
    expect(requests[0]).toMatchObject({ authorization: `Token ${token}`, method: "GET" });
    expect(requests[0]?.url.pathname).toBe("/v1/authentication/profile");
  });

  it("gathers all pages by number on its own address, wherever `next` leads", async () => {
    const { botify, requests } = await botifyOn(({ url }, response) => {
      const page = Number(url.searchParams.get("page"));
      json(response, {
        next: page < 3 ? "https://elsewhere.example/next" : null,
        results: [
          {
            slug: `2024030${page}`,
            friendly_name: `Crawl ${page}`,
            status: "success",
            urls_done: "1200",
            date_finished: "2024-03-01",
          },
        ],
      });
    });
    const analyses = await botify.analyses(at, never);
    expect(analyses.map(({ slug }) => slug)).toEqual(["20240301", "20240302", "20240303"]);
    expect(analyses[0]).toMatchObject({
      friendlyName: "Crawl 1",
      status: "success",
      urlsDone: 1200,
      finishedAt: "2024-03-01",
    });
    expect(requests.map(({ url }) => url.searchParams.get("page"))).toEqual(["1", "2", "3"]);
    expect(requests[0]?.url.pathname).toBe("/v1/analyses/acme/shop.example/light");
  });

  it("takes a project's organisation from wherever the answer has it", async () => {
    const { botify } = await botifyOn((_, response) =>
      json(response, {
        next: null,
        results: [
          { slug: "a", name: "A", organization: { slug: "org" } },
          { slug: "b", user: { login: "login" } },
          { slug: "c", name: null },
        ],
      }),
    );
    expect(await botify.projects("jane", never)).toEqual([
      { org: "org", project: "a", name: "A" },
      { org: "login", project: "b", name: "b" },
      { org: "jane", project: "c", name: "c" },
    ]);
  });

  it("names data fields without their collection and leaves deprecated ones out", async () => {
    const { botify } = await botifyOn((_, response) =>
      json(response, {
        datasets: [
          {
            id: "main",
            name: "Main",
            fields: [
              { id: "crawl.20240301.depth", name: "Depth", type: "INT" },
              { id: "metadata.h1.contents", name: "H1", type: "STRING", multiple: true, group: "Tags" },
              { id: "old", name: "Old", deprecated: true },
            ],
          },
        ],
      }),
    );
    expect(await botify.fields(at, "crawl.20240301", never)).toEqual([
      { id: "depth", name: "Depth", type: "INT", group: "Main", multiple: false },
      { id: "metadata.h1.contents", name: "H1", type: "STRING", group: "Tags", multiple: true },
    ]);
  });

  it("sends a query with page and size in the address and both dimensions and metrics in the body", async () => {
    const { botify, requests } = await botifyOn((_, response) =>
      json(response, { next: null, results: [{ dimensions: [], metrics: ["42"] }] }),
    );
    expect(
      await botify.count(at, { collections: ["crawl.x"], query: { dimensions: [], metrics: [] } }, never),
    ).toBe(42);
    expect(requests[0]?.url.search).toBe("?page=1&size=1");
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      collections: ["crawl.x"],
      query: { dimensions: [], metrics: [] },
    });
  });

  it("adds up the depths of all pages and tells URLs without depth apart", async () => {
    const { botify, requests } = await botifyOn(({ url }, response) =>
      json(
        response,
        url.searchParams.get("page") === "1"
          ? {
              next: "yes",
              results: [
                { dimensions: [1], metrics: ["550"] },
                { dimensions: [0], metrics: [10] },
              ],
            }
          : {
              next: null,
              results: [
                { dimensions: ["2"], metrics: [7] },
                { dimensions: [null], metrics: [33] },
              ],
            },
      ),
    );
    expect(await botify.urlsByDepth(at, "20240301", never)).toEqual({
      depths: [
        { depth: 0, urls: 10 },
        { depth: 1, urls: 550 },
        { depth: 2, urls: 7 },
      ],
      withoutDepth: 33,
    });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual(depthQuery("20240301"));
  });
});

describe("jobs", () => {
  it.each([
    ["numeric id, relative address", { job_id: 77, job_url: "/v1/jobs/77" }],
    ["text id, absolute address", { job_id: "77", job_url: "ORIGIN/v1/jobs/77" }],
    ["no id", { job_url: "/v1/jobs/77" }],
    ["no address", { job_id: 77 }],
    [
      "an address on another host, which is not used",
      { job_id: 77, job_url: "https://evil.example/v1/jobs/77" },
    ],
  ])("reads a new job with %s", async (_, names) => {
    const server = await botifyOn((_, response) => {
      const body = JSON.stringify({ ...names, job_type: "export", job_status: "CREATED", results: null });
      response.writeHead(201).end(body.replace("ORIGIN", server.origin));
    });
    expect(await server.botify.createJob(aJob, never)).toMatchObject({
      id: "77",
      url: `${server.origin}/v1/jobs/77`,
      status: "CREATED",
      outcome: "working",
      downloadUrl: null,
    });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual(aJob);
  });

  it("refuses to ask a job address on another origin", async () => {
    const other = await serve((_, response) => json(response, {}), "127.0.0.2");
    const { botify } = await botifyOn((_, response) => json(response, {}));
    expect(await rejection(botify.job(`${other.origin}/v1/jobs/7`, never))).toMatchObject({
      code: "bad-input",
    });
    expect(await rejection(botify.job("//127.0.0.2/v1/jobs/7", never))).toMatchObject({ code: "bad-input" });
    expect(other.requests).toEqual([]);
  });

  it.each([
    [
      "DONE with its file",
      { job_status: "DONE", results: { download_url: "https://cdn.example/x.csv.gz" } },
      "done",
      null,
    ],
    [
      "DONE without results",
      { job_status: "DONE", results: null },
      "failed",
      "Botify says DONE but gives no download address.",
    ],
    ["any unknown word", { job_status: "QUEUED_UP" }, "working", null],
    [
      "results as text first",
      { job_status: "FAILED", results: "from results", failure_reason: "later" },
      "failed",
      "from results",
    ],
    [
      "error.message",
      { job_status: "FAILED", results: null, error: { message: "too big", type: "x" } },
      "failed",
      "too big",
    ],
    [
      "failure_reason",
      { job_status: "FAILED", results: {}, failure_reason: "no credits" },
      "failed",
      "no credits",
    ],
    ["error_detail", { job_status: "FAILED", error_detail: { field: "nope" } }, "failed", '{"field":"nope"}'],
    ["a failure without a word", { job_status: "FAILED", results: { download_url: null } }, "failed", null],
  ])("understands %s", async (_, answer, outcome, reason) => {
    const { botify } = await botifyOn((_, response) => json(response, { job_id: 5, ...answer }));
    const job = await botify.job("5", never);
    expect(job).toMatchObject({ outcome, reason, status: answer.job_status });
    expect(job.raw).toMatchObject(answer);
  });

  it("finds a job after a lost answer without asking for more pages than needed", async () => {
    const { botify, requests } = await botifyOn(({ url }, response) => {
      const page = Number(url.searchParams.get("page"));
      json(response, {
        next: "more",
        results: [{ job_id: page, job_status: "CREATED", payload: { mark: page } }],
      });
    });
    const found = await botify.findJob(
      { project: "shop.example", jobType: "export" },
      (job) => job.id === "2",
      never,
    );
    expect(found).toMatchObject({ id: "2", payload: { mark: 2 } });
    expect(requests).toHaveLength(2);
    expect(requests[0]?.url.searchParams.get("job_type")).toBe("export");
  });
});

describe("what goes wrong", () => {
  it("waits out 429 as long as Retry-After says, then goes on", async () => {
    let asked = 0;
    const { botify, clock } = await botifyOn((_, response) => {
      asked++;
      if (asked < 3)
        response
          .writeHead(429, { "retry-after": "7" })
          .end('{"error":{"error_code":"1053","message":"Too many requests"}}');
      else json(response, { data: { username: "jane" } });
    });
    expect(await botify.profile(never)).toEqual({ username: "jane" });
    expect(asked).toBe(3);
    expect(clock.waits.filter((ms) => ms === 7_000)).toHaveLength(2);
  });

  it("gives up on endless 429 after five tries, as something that can pass", async () => {
    const { botify, requests } = await botifyOn((_, response) =>
      json(response, { error: { message: "slow", error_code: "1053" } }, 429),
    );
    expect(await rejection(botify.profile(never))).toMatchObject({
      code: "remote-busy",
      canPass: true,
      retryAfterMs: 30_000,
    });
    expect(requests).toHaveLength(5);
  });

  it("does not wait for a Retry-After of an hour but hands it on", async () => {
    const { botify, requests } = await botifyOn((_, response) => {
      response.writeHead(429, { "retry-after": "3600" }).end("{}");
    });
    expect(await rejection(botify.profile(never))).toMatchObject({
      code: "remote-busy",
      retryAfterMs: 3_600_000,
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [401, "1001", "remote-refused", false, /does not accept the token/],
    [403, "1002", "remote-refused", false, /may not see the project acme\/shop\.example/],
    [404, "1010", "not-found", false, /does not know the project acme\/shop\.example/],
    [400, "1029", "remote-refused", false, /does not exist in this crawl/],
    [400, "1058", "remote-busy", true, /another export/],
    [500, null, "remote-failed", true, /HTTP 500/],
    [503, "x", "remote-failed", true, /“said by Botify”/],
  ])("turns HTTP %i (%s) into %s", async (status, code, expected, canPass, sentence) => {
    const { botify, requests } = await botifyOn((_, response) =>
      json(
        response,
        { error: { message: "said by Botify", error_code: code, error_detail: { a: 1 } } },
        status,
      ),
    );
    const error = await rejection(botify.collections(at, never));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: expected, canPass, detail: '{"a":1}' });
    expect((error as AppError).message).toMatch(sentence);
    expect(requests).toHaveLength(1);
  });

  it("follows no redirect, so that nobody else is asked in our name", async () => {
    const other = await serve((_, response) => json(response, { data: { username: "eve" } }), "127.0.0.2");
    const { botify } = await botifyOn((_, response) => {
      response.writeHead(302, { location: other.origin }).end();
    });
    expect(await rejection(botify.profile(never))).toMatchObject({ code: "remote-odd" });
    expect(other.requests).toEqual([]);
  });

  it("shows the beginning of an answer that is no JSON", async () => {
    const { botify } = await botifyOn((_, response) => {
      response.end(`<html>${"x".repeat(1_000)}</html>`);
    });
    const error = await rejection(botify.profile(never));
    expect(error).toMatchObject({ code: "remote-odd" });
    expect((error as AppError).detail).toBe(`<html>${"x".repeat(294)}`);
  });

  it("says where an answer of another shape differs", async () => {
    const { botify } = await botifyOn((_, response) => json(response, { data: { user: "jane" } }));
    expect(await rejection(botify.profile(never))).toMatchObject({
      code: "remote-odd",
      message: expect.stringContaining("data.username"),
    });
  });

  it("says that nobody is there", async () => {
    const botify = createBotify({ baseUrl: "http://127.0.0.1:1/v1", token });
    expect(await rejection(botify.profile(never))).toMatchObject({ code: "unreachable", canPass: true });
  });

  it("gives up on a server that never answers, and on one that never ends its answer", async () => {
    const { botify } = await botifyOn(({ url }, response) => {
      if (url.pathname.includes("profile")) return;
      response.writeHead(200).write('[{"id":');
    });
    expect(await rejection(botify.profile(never))).toMatchObject({
      code: "timed-out",
      message: expect.stringContaining("60 s"),
    });
    expect(await rejection(botify.collections(at, never))).toMatchObject({ code: "timed-out" });
  });

  it("stops at once when its signal fires, with the signal's own reason", async () => {
    const stop = new AbortController();
    const reason = new AppError("cancelled", "The run was cancelled.");
    const { botify } = await botifyOn(() => stop.abort(reason));
    expect(await rejection(botify.profile(stop.signal))).toBe(reason);
  });

  it("never lets the token into an error, even when the server repeats it", async () => {
    const { botify } = await botifyOn(({ authorization, url }, response) => {
      if (url.pathname.includes("profile"))
        json(response, { error: { message: `bad ${authorization}`, error_code: "1001" } }, 401);
      else response.end(`no json but ${authorization}`);
    });
    for (const error of [
      await rejection(botify.profile(never)),
      await rejection(botify.collections(at, never)),
    ]) {
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token);
      expect(inspect(error)).toContain("•••");
    }
    expect(() => createBotify({ baseUrl: "http://127.0.0.1/v1", token: `${token}\n` })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(token) }),
    );
  });
});
