import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, presetToken, readyExport, type Site } from "./site.ts";

const text = "url,title\nhttp://a/,Ä\n0123456789";
const bytes = Buffer.from(text);
const size = bytes.length;
const etag = `"${createHash("sha256").update(text).digest("hex")}"`;

let site: Site;
let path: string;
beforeAll(async () => {
  site = await openSite();
  path = `/exports/${await readyExport(site, text)}/file`;
});
afterAll(() => site.close());

const file = (headers: Record<string, string> = {}, method = "GET") => site.get(path, { headers, method });
const bodyOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

test("the whole file comes as an attachment with its size, hash and type", async () => {
  const answer = await file();
  expect(answer.status).toBe(200);
  expect(await bodyOf(answer)).toEqual(bytes);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="urls.csv"; filename*=UTF-8''urls.csv`,
    "content-length": String(size),
    "accept-ranges": "bytes",
    etag,
  });
});

const parts: [string, string, number, number][] = [
  ["the first byte", "bytes=0-0", 0, 0],
  ["the middle", "bytes=5-9", 5, 9],
  ["an open end", "bytes=7-", 7, size - 1],
  ["the last bytes", "bytes=-4", size - 4, size - 1],
  ["more last bytes than there are", `bytes=-${size + 100}`, 0, size - 1],
  ["an end beyond the file", "bytes=3-999999", 3, size - 1],
  ["the whole", `bytes=0-${size - 1}`, 0, size - 1],
  ["odd spaces and letters", "Bytes= 5 - 9", 5, 9],
];
test.each(parts)("a range for %s answers 206 with exactly those bytes", async (_, range, start, end) => {
  const answer = await file({ Range: range });
  expect(answer.status).toBe(206);
  expect(answer.headers.get("Content-Range")).toBe(`bytes ${start}-${end}/${size}`);
  expect(answer.headers.get("Content-Length")).toBe(String(end - start + 1));
  expect(await bodyOf(answer)).toEqual(bytes.subarray(start, end + 1));
});

test.each([`bytes=${size}-`, `bytes=${size}-${size + 5}`, "bytes=-0"])(
  "a range that the file does not have (%s) answers 416 with the size",
  async (range) => {
    const answer = await file({ Range: range });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("Content-Range")).toBe(`bytes */${size}`);
    expect(await answer.text()).toBe("");
  },
);

test.each(["bytes=9-5", "bytes=-", "bytes=a-b", "rows=0-1", "bytes=0-1,3-4", "", "bytes=0x1-2"])(
  "a range that is not one (%j) is ignored: the whole file comes",
  async (range) => {
    const answer = await file({ Range: range });
    expect(answer.status).toBe(200);
    expect(await bodyOf(answer)).toEqual(bytes);
  },
);

test("a resumed download gets the part while the file is the same, the whole when it is not", async () => {
  expect((await file({ Range: "bytes=5-", "If-Range": etag })).status).toBe(206);
  for (const other of ['"other"', `W/${etag}`, "Thu, 01 Jan 2026 00:00:00 GMT"])
    expect((await file({ Range: "bytes=5-", "If-Range": other })).status).toBe(200);
});

test("HEAD tells all that GET would and sends nothing; a known copy is not sent again", async () => {
  const head = await file({}, "HEAD");
  expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([
    200,
    String(size),
    "",
  ]);
  expect((await file({ "If-None-Match": etag })).status).toBe(304);
  expect((await file({ "If-None-Match": '"other"' })).status).toBe(200);
});

test("an empty file is an empty answer", async () => {
  const empty = await site.get(`/exports/${await readyExport(site, "")}/file`);
  expect([empty.status, await empty.text()]).toEqual([200, ""]);
});

test.each([
  ['a"; filename="evil.exe', "a_; filename=_evil.exe"],
  ["a\r\nSet-Cookie: x=y", "a__Set-Cookie: x=y"],
  ["../../etc/passwd", ".._.._etc_passwd"],
  ["Ärger & 100%.csv", "A_rger & 100_.csv"],
  ["日本.csv", "__.csv"],
  ["\u202egpj.exe", "_gpj.exe"],
])("a file name %j cannot leave its header, its folder or its reading direction", async (name, plain) => {
  const answer = await site.get(`/exports/${await readyExport(site, text, name)}/file`);
  const header = answer.headers.get("Content-Disposition") ?? "";
  const [, shown, extended = ""] =
    /^attachment; filename="([^"]*)"; filename\*=UTF-8''([^;\s"]*)$/.exec(header) ?? [];
  expect(shown).toBe(plain);
  expect(decodeURIComponent(extended)).toBe(name.replace(/[\r\n/\\\u202e]/g, "_"));
  expect(answer.headers.get("Set-Cookie")).toBeNull();
});

test("a file that was deleted, has vanished or never was answers 410 with what to do, and 404 without a row", async () => {
  const deleted = await readyExport(site, text);
  const answer = await site.post(`/exports/${deleted}/delete`);
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/exports"]);
  expect(await site.deps.files.size(`${deleted}.csv`)).toBeNull();
  const gone = await site.get(`/exports/${deleted}/file`);
  expect(gone.status).toBe(410);
  expect(await gone.text()).toContain("was deleted. Export anew");
  expect((await site.post(`/exports/${deleted}/delete`)).status).toBe(409);

  const vanished = await readyExport(site, text);
  await rm(join(site.filesFolder, `${vanished}.csv`));
  expect(await (await site.get(`/exports/${vanished}/file`)).text()).toContain("no longer on this server");
  expect((await site.get("/exports/nothing/file")).status).toBe(404);
});

test("over a real connection a download that was cut goes on where it was, and HEAD tells the size", async () => {
  const large = "0123456789abcdef\n".repeat(200_000);
  const id = await readyExport(site, large);
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const opened = serve({ fetch: site.app.fetch, hostname: "127.0.0.1", port: 0 }, () => resolve(opened));
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/exports/${id}/file`;
  const headers = { Authorization: `Bearer ${presetToken}` };
  const head = await fetch(address, { method: "HEAD", headers });
  expect(head.headers.get("Content-Length")).toBe(String(large.length));

  const cut = new AbortController();
  const first = await fetch(address, { headers, signal: cut.signal });
  const reader = first.body?.getReader();
  const begun = Buffer.from((await reader?.read())?.value ?? new Uint8Array());
  cut.abort();
  expect(begun.length).toBeLessThan(large.length);
  const rest = await fetch(address, {
    headers: { ...headers, Range: `bytes=${begun.length}-`, "If-Range": first.headers.get("ETag") ?? "" },
  });
  expect(rest.status).toBe(206);
  const whole = Buffer.concat([begun, await bodyOf(rest)]).toString();
  expect(whole === large).toBe(true);
  server.close();
});

test("a file is for those who are signed in", async () => {
  expect((await site.get(path, { cookie: null })).status).toBe(303);
});

test("the file is sandboxed, so that a browser that shows it lets it do nothing; a page that says it is gone is not", async () => {
  const sandboxed = async (at: string) =>
    (await site.get(at)).headers.get("Content-Security-Policy")?.split("; ").includes("sandbox");
  expect(await sandboxed(path)).toBe(true);
  const gone = await readyExport(site, text);
  await rm(join(site.filesFolder, `${gone}.csv`));
  expect(await sandboxed(`/exports/${gone}/file`)).toBe(false);
});
