import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { asFetch } from "#connectors/http/as-fetch.ts";
import { type GuardedFetchOptions, openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { rejection, serve } from "./servers.ts";

const open = (options: Partial<GuardedFetchOptions> = {}) => {
  const http = openGuardedFetch({ reach: "anywhere", ...options });
  onTestFinished(() => http.close());
  return asFetch(http, { mostBytes: 1_000, timeLimitMs: 2_000 });
};

test("a library's GET and its posted form arrive as such, and the answer is one that it can read", async () => {
  const { origin, requests } = await serve(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response
      .writeHead(request.method === "GET" ? 200 : 401, { "Content-Encoding": "gzip", "X-Told": "yes" })
      .end(gzipSync(JSON.stringify({ method: request.method, type: request.headers["content-type"], body })));
  });
  const ask = open();
  const got = await ask(`${origin}/a?b=c`, { method: "GET", headers: { accept: "application/json" } });
  expect(await got.json()).toEqual({ method: "GET", body: "" });
  expect([requests[0]?.url, requests[0]?.headers.accept]).toEqual(["/a?b=c", "application/json"]);
  const posted = await ask(`${origin}/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ code: "a b" }),
  });
  expect([posted.status, posted.headers.get("X-Told")]).toEqual([401, "yes"]);
  expect(await posted.json()).toEqual({
    method: "POST",
    type: "application/x-www-form-urlencoded",
    body: "code=a+b",
  });
});

test.each([204, 304])("an answer of %i has no body", async (status) => {
  const { origin } = await serve((_, response) => response.writeHead(status).end());
  expect((await open()(origin, {})).status).toBe(status);
});

test("a status that HTTP does not know is an odd answer and no error of ours", async () => {
  const { origin } = await serve((_, response) => response.writeHead(999).end("{}"));
  expect(await rejection(open()(origin, {}))).toMatchObject({ code: "remote-odd" });
});

test("no redirect is followed, with a secret in the form or without", async () => {
  const { origin, requests } = await serve((_, response) =>
    response.writeHead(307, { Location: "/elsewhere" }).end(),
  );
  for (const asked of [{}, { method: "POST", body: "secret" }])
    expect((await open()(origin, asked)).status).toBe(307);
  expect(requests.map(({ url }) => url)).toEqual(["/", "/"]);
});

test("an answer without end, one out of reach, and one that was called off are no answers", async () => {
  const { origin } = await serve((_, response) => response.end("x".repeat(1_001)));
  expect(await rejection(open()(origin, {}))).toMatchObject({ code: "remote-odd" });
  expect(await rejection(open({ reach: "public" })(origin, { method: "POST", body: "x" }))).toMatchObject({
    code: "remote-refused",
  });
  expect(await rejection(open()(origin, { signal: AbortSignal.abort() }))).toMatchObject({
    code: "cancelled",
  });
});
