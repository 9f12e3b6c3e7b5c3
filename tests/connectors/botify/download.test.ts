import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DownloadOptions, downloadFile } from "#connectors/botify/download.ts";
import { addressOf, discardPartial } from "#connectors/botify/partial.ts";
import { AppError } from "#core/errors.ts";
import { never, rejection } from "../http/servers.ts";
import { content, giveFile, type Serving } from "./file-server.ts";
import { hurriedClock, json, serve, tempFolder } from "./server.ts";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const setUp = async (url: string, options: Partial<DownloadOptions> = {}) => {
  const folder = await tempFolder();
  const to = join(folder, "export.csv.gz.part");
  const clock = hurriedClock();
  const all: DownloadOptions = {
    url: new URL(url),
    to,
    apiOrigin: "http://127.0.0.1:1",
    freshUrl: () => Promise.reject(new Error("no fresh link was expected")),
    minimumFreeBytes: 0,
    signal: never,
    clock,
    ...options,
  };
  return {
    to,
    clock,
    folder,
    run: (more: Partial<DownloadOptions> = {}) => downloadFile({ ...all, ...more }),
    saved: () => readFile(to),
  };
};

describe("downloading", () => {
  it("saves the file and tells how far it is", async () => {
    const { origin } = await serve(giveFile);
    const seen: { doneBytes: number; totalBytes: number | null }[] = [];
    const { run, saved } = await setUp(`${origin}/x.csv.gz`, {
      onProgress: (progress) => seen.push(progress),
    });
    expect(await run()).toEqual({
      sizeBytes: content.length,
      lengthKnown: true,
      receivedBytes: content.length,
      requests: 1,
    });
    expect(sha256(await saved())).toBe(sha256(content));
    expect(seen.at(-1)).toEqual({ doneBytes: content.length, totalBytes: content.length });
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual(
      seen.map(({ doneBytes }) => doneBytes).sort((a, b) => a - b),
    );
  });

  it("goes on after each cut: right hash, no byte twice", async () => {
    const { origin, requests } = await serve((request, response) =>
      giveFile(request, response, { cutAfter: 700_000 }),
    );
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    const result = await run();
    expect(sha256(await saved())).toBe(sha256(content));
    expect(result.receivedBytes).toBe(content.length);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.slice(1).every(({ headers }) => headers["if-range"] === '"v1"')).toBe(true);
  });

  it("says why it does not go on from what was fetched before: another disk, another file, nothing to tell it by", async () => {
    let serving: Serving = { cutAfter: 1_000_000 };
    let broken = false;
    const { origin } = await serve((request, response) => {
      if (broken) return void response.destroy();
      broken = serving.cutAfter !== undefined;
      giveFile(request, response, serving);
    });
    const why = async (first: Serving, then: Serving, otherDisk = false): Promise<string[]> => {
      const said: string[] = [];
      const one = await setUp(`${origin}/x.csv.gz`);
      const other = otherDisk ? await setUp(`${origin}/x.csv.gz`) : one;
      serving = { ...first, cutAfter: 1_000_000 };
      broken = false;
      await rejection(one.run());
      serving = then;
      broken = false;
      await other.run({ onAnew: (sentence) => said.push(sentence) });
      return said;
    };
    expect(await why({}, {})).toEqual([]);
    expect(await why({}, {}, true)).toEqual([expect.stringContaining("on this machine's disk")]);
    expect(await why({}, { etag: '"v2"' })).toEqual([expect.stringContaining("gave the whole file")]);
    expect(await why({ etag: null }, { etag: null })).toEqual([expect.stringContaining("still the same")]);
  });

  it("goes on after a restart, with a fresh link whose signature differs", async () => {
    let asked = 0;
    const { origin, requests } = await serve((request, response) => {
      asked++;
      if (asked === 1) giveFile(request, response, { cutAfter: 1_000_000 });
      else if (request.url.search === "?signature=1") response.destroy();
      else giveFile(request, response);
    });
    const { run, saved, to } = await setUp(`${origin}/x.csv.gz?signature=1`);
    expect(await rejection(run())).toMatchObject({ code: "unreachable", canPass: true });
    const { size } = await stat(to);
    const { receivedBytes } = await run({ url: new URL(`${origin}/x.csv.gz?signature=2`) });
    expect(size).toBeGreaterThan(0);
    expect(requests.at(-1)?.headers.range).toBe(`bytes=${size}-`);
    expect(receivedBytes).toBe(content.length - size);
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("asks for nothing when the file is already here whole", async () => {
    const { origin, requests } = await serve(giveFile);
    const { run } = await setUp(`${origin}/x.csv.gz`);
    await run();
    expect(await run()).toMatchObject({ sizeBytes: content.length, requests: 0 });
    expect(requests).toHaveLength(1);
  });

  it("starts anew when the file changed meanwhile, never mixing two", async () => {
    const newer = randomBytes(2_000_000);
    let asked = 0;
    const { origin } = await serve((request, response) => {
      asked++;
      if (asked === 1) giveFile(request, response, { cutAfter: 1_000_000 });
      else giveFile(request, response, { bytes: newer, etag: '"v2"' });
    });
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    expect(await run()).toMatchObject({ sizeBytes: newer.length });
    expect(sha256(await saved())).toBe(sha256(newer));
  });

  it("starts anew when a server ignores If-Range but its 206 is of another file", async () => {
    const newer = randomBytes(2_000_000);
    let asked = 0;
    const { origin } = await serve((request, response) => {
      asked++;
      if (asked === 1) return giveFile(request, response, { cutAfter: 1_000_000 });
      if (request.headers.range === undefined)
        return giveFile(request, response, { bytes: newer, etag: '"v2"' });
      const start = Number(/\d+/.exec(request.headers.range)?.[0]);
      response
        .writeHead(206, {
          etag: '"v2"',
          "content-range": `bytes ${start}-${newer.length - 1}/${newer.length}`,
        })
        .end(newer.subarray(start));
    });
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    await run();
    expect(sha256(await saved())).toBe(sha256(newer));
  });

  it("starts anew for another file, even when its validator is the same", async () => {
    const { origin } = await serve((request, response) => {
      if (request.url.pathname === "/a") giveFile(request, response, { cutAfter: 1_000_000 });
      else giveFile(request, response, { bytes: randomBytes(content.length).fill("b") });
    });
    const stop = new AbortController();
    const { run, saved } = await setUp(`${origin}/a`);
    await rejection(run({ signal: stop.signal, onProgress: () => stop.abort() }));
    await run({ url: new URL(`${origin}/b`) });
    expect(sha256(await saved())).toBe(sha256(Buffer.alloc(content.length, "b")));
  });

  it("notices an answer that ends too early without an error, since its range told the length", async () => {
    let asked = 0;
    const { origin } = await serve((request, response) => {
      asked++;
      if (asked !== 2) return giveFile(request, response, asked === 1 ? { cutAfter: 1_000_000 } : {});
      const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0]);
      response.writeHead(206, {
        etag: '"v1"',
        "content-range": `bytes ${start}-${content.length - 1}/${content.length}`,
      });
      response.end(content.subarray(start, start + 1_000));
    });
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    expect(await run()).toMatchObject({ requests: 3, receivedBytes: content.length });
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("starts anew on 416", async () => {
    const { origin, requests } = await serve((request, response) => {
      if (request.headers.range === undefined) giveFile(request, response);
      else response.writeHead(416).end();
    });
    const { run, saved, to } = await setUp(`${origin}/x.csv.gz`);
    await writeFile(to, "half");
    await writeFile(
      `${to}.json`,
      JSON.stringify({
        address: addressOf(new URL(`${origin}/x.csv.gz`)),
        validator: '"v1"',
        totalBytes: null,
      }),
    );
    await run();
    expect(requests[0]?.headers.range).toBe("bytes=4-");
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it.each([
    ["no validator", null],
    ["a weak one", 'W/"v1"'],
  ])("never asks for the rest of a file with %s", async (_, etag) => {
    let asked = 0;
    const { origin, requests } = await serve((request, response) =>
      giveFile(request, response, { etag, ...(asked++ === 0 ? { cutAfter: 1_000_000 } : {}) }),
    );
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    await run();
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("does not take what is beside it for granted when that is damaged", async () => {
    const { origin } = await serve(giveFile);
    const { run, saved, to } = await setUp(`${origin}/x.csv.gz`);
    await writeFile(to, "half of something else");
    await writeFile(`${to}.json`, "{");
    await run();
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("gives up after five tries without a byte, and keeps what it has", async () => {
    let asked = 0;
    const { origin, requests } = await serve((request, response) => {
      if (asked++ === 0) giveFile(request, response, { cutAfter: 1_000_000 });
      else response.writeHead(503).end();
    });
    const { run, to } = await setUp(`${origin}/x.csv.gz`);
    expect(await rejection(run())).toMatchObject({ code: "remote-failed", canPass: true });
    expect(requests).toHaveLength(6);
    expect((await stat(to)).size).toBeGreaterThan(0);
  });

  it("says when the server never told the length", async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200);
      response.write("abc");
      response.end("def");
    });
    const { run, saved } = await setUp(`${origin}/x.csv.gz`);
    expect(await run()).toMatchObject({ sizeBytes: 6, lengthKnown: false });
    expect(String(await saved())).toBe("abcdef");
  });

  it("stops at once when told to, and keeps the part", async () => {
    const stop = new AbortController();
    const reason = new AppError("cancelled", "The run was cancelled.");
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { "content-length": 10, etag: '"v1"' }).write("abc");
    });
    const { run, saved } = await setUp(`${origin}/x`, {
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    expect(await rejection(run())).toBe(reason);
    expect(String(await saved())).toBe("abc");
  });

  it("leaves nothing when discarded", async () => {
    const { origin } = await serve(giveFile);
    const { run, to, folder } = await setUp(`${origin}/x.csv.gz`);
    await run();
    await discardPartial(to);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("links", () => {
  it.each([403, 404, 410])("asks for a fresh one after %i and goes on where it was", async (status) => {
    const { origin } = await serve((request, response) => {
      if (request.url.search === "?old" && request.headers.range !== undefined)
        response.writeHead(status).end();
      else giveFile(request, response, request.url.search === "?old" ? { cutAfter: 1_000_000 } : {});
    });
    let fresh = 0;
    const { run, saved } = await setUp(`${origin}/x.csv.gz?old`, {
      freshUrl: async () => {
        fresh++;
        return new URL(`${origin}/x.csv.gz?new`);
      },
    });
    expect(await run()).toMatchObject({ receivedBytes: content.length });
    expect(fresh).toBe(1);
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("gives up when the fresh one is refused as well", async () => {
    const { origin, requests } = await serve((_, response) => json(response, {}, 403));
    const { run } = await setUp(`${origin}/x`, { freshUrl: async () => new URL(`${origin}/y`) });
    expect(await rejection(run())).toMatchObject({ code: "remote-refused", canPass: false });
    expect(requests.map(({ url }) => url.pathname)).toEqual(["/x", "/y"]);
  });

  it("sends the token to the API's own origin and to nobody else, before and after redirects", async () => {
    const cdn = await serve(giveFile, "127.0.0.2");
    const api = await serve((request, response) => {
      if (request.url.pathname === "/hop") response.writeHead(302, { location: `${cdn.origin}/x` }).end();
      else response.writeHead(307, { location: "/hop" }).end();
    });
    const { run, saved } = await setUp(`${api.origin}/x`, { apiOrigin: api.origin, token: "secret" });
    await run();
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(["Token secret", "Token secret"]);
    expect(cdn.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(sha256(await saved())).toBe(sha256(content));
  });

  it("does not send the token again when a redirect leads back", async () => {
    const cdn = await serve(
      (_, response) => response.writeHead(302, { location: `${api.origin}/back` }).end(),
      "127.0.0.2",
    );
    const api = await serve((request, response) => {
      if (request.url.pathname === "/back") giveFile(request, response);
      else response.writeHead(302, { location: cdn.origin }).end();
    });
    const { run } = await setUp(`${api.origin}/x`, { apiOrigin: api.origin, token: "secret" });
    await run();
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(["Token secret", undefined]);
  });

  it("whose host is not there are told as what the network said", async () => {
    const { run } = await setUp("http://127.0.0.1:1/x", { apiOrigin: "http://127.0.0.1:1" });
    expect(await rejection(run())).toMatchObject({
      code: "unreachable",
      canPass: true,
      message: expect.stringMatching(/could not be reached for the download\..*refuses the connection/),
    });
  });

  it("gives up on redirects in a circle", async () => {
    const { origin, requests } = await serve((_, response) =>
      response.writeHead(302, { location: "/again" }).end(),
    );
    const { run } = await setUp(origin);
    expect(await rejection(run())).toMatchObject({ code: "remote-odd" });
    expect(requests).toHaveLength(6);
  });

  it.each([
    "http://127.0.0.1",
    "http://0x7f.1",
    "http://[::ffff:127.0.0.1]",
    "http://localhost",
    "http://2130706433",
  ])("of a public API never lead to %s", async (host) => {
    const { origin, requests } = await serve(giveFile);
    const { run } = await setUp(`${host}:${new URL(origin).port}/x`, { apiOrigin: "https://api.botify.com" });
    expect(await rejection(run())).toMatchObject({
      code: "remote-refused",
      message: expect.stringContaining("private network"),
    });
    expect(requests).toEqual([]);
  });

  it("of an API on this machine do not lead into the network around it", async () => {
    const { origin } = await serve((_, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
    );
    const { run } = await setUp(`${origin}/x`, { apiOrigin: origin });
    expect(await rejection(run())).toMatchObject({
      code: "remote-refused",
      message: expect.stringContaining("169.254.169.254"),
    });
  });

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])(
    "are refused when they are %s",
    async (url) => {
      const { run } = await setUp(url);
      expect(await rejection(run())).toMatchObject({ code: "remote-refused" });
    },
  );
});

describe("room on the disk", () => {
  it("is checked as soon as the length is known, before a byte is written", async () => {
    const { origin } = await serve(giveFile);
    const { run, to } = await setUp(`${origin}/x`, {
      minimumFreeBytes: 1_000_000,
      statfs: async () => ({ bavail: 3_500, bsize: 1_000 }),
    });
    expect(await rejection(run())).toMatchObject({
      code: "disk-full",
      message: expect.stringMatching(/needs 3\.0 MB more.*Free at least 500 kB/),
    });
    await expect(stat(to)).rejects.toThrow();
  });

  it("is checked before anything is asked for", async () => {
    const { origin, requests } = await serve(giveFile);
    const { run } = await setUp(`${origin}/x`, {
      minimumFreeBytes: 10,
      statfs: async () => ({ bavail: 9, bsize: 1 }),
    });
    expect(await rejection(run())).toMatchObject({ code: "disk-full" });
    expect(requests).toEqual([]);
  });

  it("may run out while writing: that is said, and what is there stays", async () => {
    const { origin } = await serve(giveFile);
    const { run, to, folder } = await setUp(`${origin}/x.csv.gz`);
    await symlink("/dev/full", to);
    expect(await rejection(run())).toMatchObject({
      code: "disk-full",
      message: expect.stringContaining("disk is full"),
    });
    expect(await readdir(folder)).toEqual(["export.csv.gz.part", "export.csv.gz.part.json"]);
  });
});
