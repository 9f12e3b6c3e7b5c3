import { pipeline, Readable } from "node:stream";
import { brotliCompressSync, createGzip, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type GuardedFetchOptions,
  type GuardedRequest,
  openGuardedFetch,
} from "#connectors/http/guarded-fetch.ts";
import { AppError } from "#core/errors.ts";
import {
  closedPort,
  never,
  rejection,
  resolverOf,
  serve,
  serveRaw,
  serveTls,
  serveTrusted,
} from "./servers.ts";

const open = (options: Partial<GuardedFetchOptions> = {}) => {
  const fetch = openGuardedFetch({ reach: "anywhere", ...options });
  onTestFinished(() => fetch.close());
  return (url: string, request: Partial<GuardedRequest> = {}) =>
    fetch.get({ url: new URL(url), signal: never, ...request });
};

describe("an answer", () => {
  it.each([200, 204, 404, 500])("of %i is one, whatever it says", async (status) => {
    const { origin } = await serve((_, response) => response.writeHead(status).end());
    expect(await open()(origin)).toMatchObject({ status, url: new URL(origin) });
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["gzip, br", (text: string) => brotliCompressSync(gzipSync(text))],
    ["identity", Buffer.from],
  ])("sent as %s is read decoded", async (encoding, encode) => {
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(encode("hello".repeat(1_000))),
    );
    const { bytes, whole } = await (await open()(origin)).read(10_000);
    expect(bytes.toString()).toBe("hello".repeat(1_000));
    expect(whole).toBe(true);
  });

  it("that grows without end when it is decoded is read up to the limit, which counts decoded bytes", async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const zeros = Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(65_536);
        })(),
      );
      pipeline(zeros, createGzip(), response, () => undefined);
    });
    const { bytes, whole } = await (await open()(origin)).read(1_000_000);
    expect(bytes.equals(Buffer.alloc(1_000_000))).toBe(true);
    expect(whole).toBe(false);
  });

  it("without an end is read up to the limit, and its connection ends then", async () => {
    const gone = Promise.withResolvers<void>();
    const { origin } = await serve((_, response) => {
      response.on("close", () => gone.resolve());
      response.writeHead(200);
      const more = () =>
        void (response.destroyed || response.write("x".repeat(10_000), () => setImmediate(more)));
      more();
    });
    expect(await (await open()(origin)).read(500_000)).toMatchObject({ whole: false });
    await gone.promise;
  });

  it.each([
    ["br", "not compressed at all", /says that its answer is compressed, but it is not/],
    ["gzip", "not compressed at all", /says that its answer is compressed, but it is not/],
    ["compress", "x", /not known here \(“compress”\)/],
    ["gzip, gzip, gzip", "x", /more than twice/],
  ])("called %s that is not so is told", async (encoding, body, sentence) => {
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(body),
    );
    const answer = await open()(origin);
    expect(await rejection(answer.read(1_000))).toMatchObject({
      code: "remote-odd",
      message: expect.stringMatching(sentence),
    });
  });

  it("without a body is empty, even when it is called compressed", async () => {
    const { origin } = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(),
    );
    expect(await (await open()(origin)).read(1_000)).toEqual({
      bytes: Buffer.alloc(0),
      wireBytes: 0,
      whole: true,
    });
  });
});

describe("a redirect", () => {
  it("is the answer itself where none is followed", async () => {
    const { origin, requests } = await serve((_, response) =>
      response.writeHead(302, { location: "/b" }).end(),
    );
    expect(await open()(origin)).toMatchObject({ status: 302, headers: { location: "/b" } });
    expect(requests).toHaveLength(1);
  });

  it("is followed on the same host, and to no other host or port where that is the rule", async () => {
    const other = await serve((_, response) => response.end("stolen"));
    const { origin, requests } = await serve(({ url }, response) =>
      response.writeHead(301, { location: url === "/a" ? "/b" : `${other.origin}/robots-stolen` }).end(),
    );
    const answer = await open()(`${origin}/a`, { redirects: "same-host" });
    expect(answer).toMatchObject({ status: 301, url: new URL(`${origin}/b`) });
    expect(requests.map(({ url }) => url)).toEqual(["/a", "/b"]);
    expect(other.requests).toEqual([]);
  });

  it("to another host takes the keys off, for good, and keeps what is no key", async () => {
    const other = await serve(
      (_, response) => response.writeHead(302, { location: `${own.origin}/back` }).end(),
      "127.0.0.2",
    );
    const own = await serve(({ url }, response) => {
      if (url === "/back") response.end();
      else response.writeHead(307, { location: url === "/a" ? "/b" : other.origin }).end();
    });
    const headers = { Authorization: "Bearer secret", Cookie: "a=b", "User-Agent": "Milepost" };
    await open()(`${own.origin}/a`, { redirects: "within-reach", headers });
    const keys = { authorization: "Bearer secret", cookie: "a=b" };
    const seen = [...own.requests.slice(0, 2), ...other.requests, ...own.requests.slice(2)];
    expect(seen.map(({ headers: { authorization, cookie } }) => ({ authorization, cookie }))).toEqual([
      keys,
      keys,
      {},
      {},
    ]);
    expect(seen.every((request) => request.headers["user-agent"] === "Milepost")).toBe(true);
  });

  it.each([
    "http://127.0.0.1",
    "http://2130706433",
    "http://0x7f.1",
    "http://[::ffff:127.0.0.1]",
    "http://0.0.0.0",
    "http://inside.example",
  ])("to %s does not lead a public reach inside", async (host) => {
    const inside = await serve((_, response) => response.end("secret"));
    const front = await serve((_, response) =>
      response.writeHead(302, { location: `${host}:${inside.port}/` }).end(),
    );
    const resolve = resolverOf({ "inside.example": [["127.0.0.1"]] });
    const get = open({ reach: "public", trustedOrigin: front.origin, resolve });
    expect(await rejection(get(front.origin, { redirects: "within-reach" }))).toMatchObject({
      code: "remote-refused",
      message: expect.stringContaining("private network"),
    });
    expect(inside.requests).toEqual([]);
  });

  it("from https down to plain http is not followed, and one up to https is", async () => {
    const plain = await serve((_, response) => response.writeHead(302, { location: tls }).end());
    const { port } = await serveTrusted(({ url }, response) =>
      response.writeHead(url === "/up" ? 200 : 302, { location: plain.origin }).end(),
    );
    const tls = `https://site.example:${port}/up`;
    const get = open({ resolve: resolverOf({ "site.example": [["127.0.0.1"]] }) });
    const redirects = "within-reach";
    expect(await rejection(get(`https://site.example:${port}/down`, { redirects }))).toMatchObject({
      code: "remote-refused",
      message: expect.stringContaining("from https to plain http"),
    });
    expect(plain.requests).toEqual([]);
    expect(await get(plain.origin, { redirects })).toMatchObject({ status: 200, url: new URL(tls) });
  });

  it("in a circle ends after five", async () => {
    const { origin, requests } = await serve((_, response) =>
      response.writeHead(302, { location: "/again" }).end(),
    );
    const error = await rejection(open()(origin, { redirects: "within-reach" }));
    expect(error).toMatchObject({ code: "remote-odd", message: expect.stringContaining("circles") });
    expect(requests).toHaveLength(6);
  });
});

describe("a name", () => {
  it("whose certificate is for another one is not believed", async () => {
    const { port } = await serveTrusted((_, response) => response.end());
    const get = open({ resolve: resolverOf({ "other.example": [["127.0.0.1"]] }) });
    expect(await rejection(get(`https://other.example:${port}/`))).toMatchObject({
      why: "tls",
      message: expect.stringContaining("it is for another name"),
    });
  });

  it("that turns inside between two requests is not followed there", async () => {
    const { port } = await serve((_, response) => response.writeHead(200, { connection: "close" }).end());
    const get = open({
      resolve: resolverOf({ "turning.example": [["127.0.0.1"], ["10.255.255.1"]] }),
      connectMs: 300,
    });
    const answer = await get(`http://turning.example:${port}/`);
    await answer.read(10);
    expect(await rejection(get(`http://turning.example:${port}/`))).toMatchObject({ why: "out-of-reach" });
  });
});

describe("what the network does", () => {
  it.each([
    [
      "a name that nobody knows",
      async () => "http://nobody.example/",
      "dns",
      /The name nobody\.example does not resolve \(ENOTFOUND\)/,
    ],
    [
      "a closed port",
      async () => `http://127.0.0.1:${await closedPort()}/`,
      "refused",
      /refuses the connection \(ECONNREFUSED\)/,
    ],
    [
      "plain http behind https",
      async () => (await serve((_, r) => r.end())).origin.replace("http", "https"),
      "plain-http",
      /try http:\/\//,
    ],
    [
      "a certificate that nobody signed",
      async () => (await serveTls((_, r) => r.end())).origin,
      "tls",
      /is signed by nobody that this machine knows/,
    ],
    [
      "a connection that is cut",
      async () => `http://127.0.0.1:${await serveRaw((socket) => socket.destroy())}/`,
      "cut",
      /broke before the answer was whole/,
    ],
    [
      "another protocol",
      async () => `http://127.0.0.1:${await serveRaw("SSH-2.0-OpenSSH_9.9\r\n")}/`,
      "not-http",
      /does not speak HTTP/,
    ],
    [
      "headers without an end",
      async () => (await serve((_, r) => r.writeHead(200, { x: "y".repeat(40_000) }).end())).origin,
      "too-odd",
      /more headers/,
    ],
    ["silence", async () => (await serve(() => undefined)).origin, "silent", /does not answer/],
  ])("as %s is told in a sentence", async (_, address, why, sentence) => {
    const get = open({ resolve: resolverOf({}), silenceMs: 100 });
    const error = await rejection(get(await address()));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ why, message: expect.stringMatching(sentence) });
  });

  it("as a cut in the middle of a body is told while it is read", async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.destroy());
    });
    const answer = await open()(origin);
    expect(await rejection(answer.read(1_000))).toMatchObject({ code: "unreachable", why: "cut" });
  });

  it("ends at the time limit, also in the middle of a body", async () => {
    const { origin } = await serve(({ url }, response) => {
      if (url === "/body") response.writeHead(200).write("half");
    });
    const get = open();
    expect(await rejection(get(origin, { timeLimitMs: 50 }))).toMatchObject({ code: "timed-out" });
    const answer = await get(`${origin}/body`, { timeLimitMs: 200 });
    expect(await rejection(answer.read(1_000))).toMatchObject({ code: "timed-out" });
  });

  it("ends at once when it is stopped, with the caller's own reason", async () => {
    const stop = new AbortController();
    const reason = new AppError("cancelled", "The run was cancelled.");
    const { origin } = await serve(() => stop.abort(reason));
    expect(await rejection(open()(origin, { signal: stop.signal }))).toBe(reason);
  });
});
