import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Crawl } from "#core/crawl.ts";
import { walk } from "#crawl/walk.ts";
import { crawlFields } from "#sandbox/botify/fields.ts";
import { openSandbox, type Sandbox } from "../sandbox/botify/world.ts";

/** What each page sends: its bytes, and headers besides. */
type Sent = {
  status?: number;
  type?: string | null;
  headers?: Record<string, string>;
  body?: Buffer | string;
};

const latin = (text: string) => Buffer.from(text, "latin1");
const utf16 = Buffer.from("\uFEFF<title>UTF16 ü</title>", "utf16le");
const packed = `<title>Packed</title>${"many words ".repeat(40)}`;
const huge = 11 * 1_024 * 1_024;
const metaLatin = latin('<meta charset="iso-8859-1"><title>Café Müller ñ</title>');

const site: Record<string, Sent> = {
  "/meta-latin1": { type: "text/html", body: metaLatin },
  "/header-latin1": { type: "text/html; charset=iso-8859-1", body: latin("<title>Größe</title>") },
  "/utf8-mark-against-header": {
    type: "text/html; charset=iso-8859-1",
    body: "\uFEFF<title>Größe</title>",
  },
  "/commented-meta": { type: "text/html", body: '<!-- <meta charset="shift_jis"> --><title>Größe</title>' },
  "/words-about-charset": {
    type: "text/html",
    body: '<meta name="description" content="text/html; charset=shift_jis"><title>Größe</title>',
  },
  "/late-meta": {
    type: "text/html",
    body: latin(
      `<script>const x = '<meta charset="utf-8">';${"// ".repeat(1_500)}</script>${metaLatin.toString("latin1")}`,
    ),
  },
  "/header-names-nothing": { type: "text/html; charset=utf8mb4", body: metaLatin },
  "/header-without-name": { type: "text/html; charset=", body: metaLatin },
  "/deflate": { headers: { "content-encoding": "deflate" }, body: deflateSync(packed) },
  "/deflate-raw": { headers: { "content-encoding": "deflate" }, body: deflateRawSync(packed) },
  "/zstd": { headers: { "content-encoding": "zstd" }, body: zstdCompressSync(packed) },
  "/utf16": { type: "text/html", body: utf16 },
  "/xhtml": {
    type: "application/xhtml+xml",
    body: latin(
      '<?xml version="1.0" encoding="iso-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="x"/><title>XHTML é</title></head><body><a href="/from-xhtml">x</a></body></html>',
    ),
  },
  "/from-xhtml": { body: "<title>From XHTML</title>" },
  "/gzip": { headers: { "content-encoding": "gzip" }, body: gzipSync(packed) },
  "/br": { headers: { "content-encoding": "br" }, body: brotliCompressSync(packed) },
  "/image.png": { type: "image/png", headers: { "transfer-encoding": "chunked" }, body: "PNG!" },
  "/paper.pdf": { type: "application/pdf", body: "%PDF-1.4" },
  "/notes.txt": { type: "text/plain", headers: { "transfer-encoding": "chunked" }, body: "x".repeat(32) },
  "/header-shift-jis": {
    type: "text/html; charset=shift_jis",
    // "<title>日本</title>"
    body: Buffer.concat([
      Buffer.from("<title>"),
      Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
      Buffer.from("</title>"),
    ]),
  },
  "/loop-a": { status: 302, headers: { location: "/loop-b" } },
  "/loop-b": { status: 302, headers: { location: "/loop-a" } },
  "/formula": { body: "<title>=HYPERLINK(1)</title>" },
  "/cut": { headers: { "content-length": "5000" }, body: "<title>Half" },
  "/huge": { body: `<title>Huge</title>${"x".repeat(huge)}<a href="/end-of-huge">x</a>` },
  "/canonical-by-header": {
    headers: { link: '</style.css>; rel=preload, </target>; rel="canonical"' },
    body: "<title>Canonical</title>",
  },
  "/refresh": { body: '<meta http-equiv="refresh" content="0; url=/target">' },
  "/refresh-by-header": { headers: { refresh: "3;url=/target" }, body: "<title>Soon elsewhere</title>" },
  "/hreflang-by-header": {
    headers: { link: '</en>; rel="alternate"; hreflang="en", </de>; hreflang=de; rel=alternate' },
    body: "<title>Languages by header</title>",
  },
  "/reloads": { body: '<meta http-equiv="refresh" content="30"><title>Reloads</title>' },
  "/nofollow": {
    body: '<meta name="robots" content="nofollow"><title>Nofollow</title><a href="/target">x</a>',
  },
  "/nofollow-link": { body: '<title>One</title><a rel="nofollow" href="/target">x</a><a href="/">y</a>' },
  "/hreflang": { body: '<title>Languages</title><link rel="alternate" hreflang="de" href="/nur-deutsch">' },
  "/framed": {
    body: '<title>Framed</title><iframe src="/only-framed"></iframe><link rel="next" href="/page-2">',
  },
  "/area": { body: '<title>Area</title><map><area href="/from-area"></map>' },
  "/from-area": { body: "<title>From an area</title>" },
  "/redirect-1": { status: 301, headers: { location: "/redirect-2" } },
  "/redirect-2": { status: 302, headers: { location: "/target" } },
  "/target": { body: "<title>Target</title>" },
  "/away": { status: 302, headers: { location: "https://other.invalid/" } },
  "/no-type": { type: null, body: "<title>Without a type</title>" },
  "/gone": { status: 404, body: "no" },
};
const home = `<title>Home</title>${Object.keys(site)
  .filter(
    (path) =>
      !["/from-xhtml", "/from-area", "/redirect-2", "/target", "/end-of-huge", "/loop-b"].includes(path),
  )
  .map((path) => `<a href="${path}">x</a>`)
  .join(
    "",
  )}<a href="/gone#again">again</a><a href="/private/a">p</a><a href="/private/b">p</a><a href="https://elsewhere.invalid/">e</a>`;

let sandbox: Sandbox;
let origin: string;
let crawl: Crawl;
let rows: Map<string, Record<string, unknown>>;

beforeAll(async () => {
  origin = await serve();
  sandbox = await openSandbox();
  const records = sandbox.crawlRecords;
  const limits = { mostPages: 100, mostDepth: 20, pauseMs: 0 };
  const { id } = records.begin({ ...limits, url: `${origin}/`, project: "facts", key: null });
  await walk({
    ...records.progress(id),
    pausing: new AbortController().signal,
    onFind: (find) => records.keep(id, [find]),
  });
  await records.finish(id);
  crawl = records.get(id) ?? crawl;
  const fields = crawlFields.filter((one) => !one.perLink);
  const found = await sandbox.rows("facts", crawl.analysis, {
    dimensions: fields.map((one) => `crawl.${crawl.analysis}.${one.id}`),
  });
  rows = new Map(
    found.map(({ dimensions }) => [
      String(dimensions[0]).slice(origin.length),
      Object.fromEntries(fields.map((one, index) => [one.id, dimensions[index]])),
    ]),
  );
});
afterAll(async () => {
  await sandbox.close();
  closeSite();
});

let closeSite = () => {};
const serve = async (): Promise<string> => {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/robots.txt")
      return response.end(
        "User-agent: *\nDisallow: /private/\nSitemap: https://www.example.invalid/map.xml\n",
      );
    const {
      status = 200,
      type = "text/html; charset=utf-8",
      headers = {},
      body = "",
    } = path === "/" ? { body: home } : (site[path] ?? { status: 404 });
    response.writeHead(status, { ...(type === null ? {} : { "content-type": type }), ...headers });
    if (path !== "/cut") return response.end(body);
    response.write(body);
    return setTimeout(() => response.destroy(), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeSite = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const title = "metadata.title.content";
const inlinks = "inlinks_internal.nb.unique";

test.each<[string, Record<string, unknown>]>([
  ["/meta-latin1", { [title]: "Café Müller ñ", byte_size: metaLatin.length }],
  ["/header-latin1", { [title]: "Größe", byte_size: 20 }],
  ["/utf8-mark-against-header", { [title]: "Größe" }],
  ["/commented-meta", { [title]: "Größe" }],
  ["/words-about-charset", { [title]: "Größe" }],
  ["/late-meta", { [title]: "Café Müller ñ" }],
  ["/header-names-nothing", { [title]: "Café Müller ñ" }],
  ["/header-without-name", { [title]: "Café Müller ñ" }],
  ["/deflate", { [title]: "Packed", byte_size: packed.length, wire_size: deflateSync(packed).length }],
  ["/deflate-raw", { [title]: "Packed", byte_size: packed.length, wire_size: deflateRawSync(packed).length }],
  ["/zstd", { [title]: "Packed", byte_size: packed.length, wire_size: zstdCompressSync(packed).length }],
  ["/utf16", { [title]: "UTF16 ü", byte_size: utf16.length }],
  ["/xhtml", { [title]: "XHTML é", "outlinks_internal.nb.total": 1, "compliant.is_compliant": true }],
  ["/from-xhtml", { [title]: "From XHTML", depth: 2 }],
  ["/gzip", { [title]: "Packed", byte_size: packed.length, wire_size: gzipSync(packed).length }],
  ["/br", { [title]: "Packed", byte_size: packed.length, wire_size: brotliCompressSync(packed).length }],
  ["/image.png", { byte_size: null, wire_size: null, "compliant.main_reason": "content_type" }],
  ["/paper.pdf", { byte_size: null, "compliant.main_reason": "content_type" }],
  ["/notes.txt", { byte_size: null, wire_size: null, "compliant.main_reason": "content_type" }],
  ["/header-shift-jis", { [title]: "日本", byte_size: 19 }],
  ["/loop-b", { http_code: 302, depth: 2, [inlinks]: 1 }],
  ["/formula", { [title]: "=HYPERLINK(1)" }],
  [
    "/cut",
    { http_code: 200, byte_size: null, "compliant.main_reason": "cut_off", load_time: expect.any(Number) },
  ],
  ["/cut", { cut: expect.stringMatching(/^The connection to .* broke/) }],
  ["/huge", { [title]: "Huge", byte_size: null, cut: expect.stringContaining("longer than 10 MB") }],
  ["/canonical-by-header", { "canonical.to.equal": false, "compliant.main_reason": "canonical" }],
  ["/refresh", { http_code: 200, "compliant.is_compliant": false, "compliant.main_reason": "redirect" }],
  ["/refresh-by-header", { [title]: "Soon elsewhere", "compliant.main_reason": "redirect" }],
  ["/reloads", { [title]: "Reloads", "redirect.to.url": null, "compliant.is_compliant": true }],
  ["/nofollow", { "metadata.robots.nofollow": true, "outlinks_internal.nb.nofollow": 1 }],
  ["/nofollow-link", { "metadata.robots.nofollow": false, "outlinks_internal.nb.nofollow": 1 }],
  ["/area", { "outlinks_internal.nb.total": 1 }],
  ["/from-area", { [title]: "From an area" }],
  ["/redirect-1", { http_code: 301, depth: 1 }],
  ["/redirect-2", { http_code: 302, depth: 2, [inlinks]: 1 }],
  ["/target", { depth: 2, [inlinks]: 5 }],
  ["/no-type", { [title]: "Without a type", content_type: null }],
  ["/gone", { http_code: 404, [inlinks]: 1, byte_size: 2 }],
])("%s is told as it is: %o", (path, facts) => {
  expect(rows.get(path)).toMatchObject(facts);
});

test("addresses are told where they lead: canonical, refresh, redirect and other languages", () => {
  expect(rows.get("/canonical-by-header")?.["canonical.to.url"]).toBe(`${origin}/target`);
  expect(rows.get("/refresh")?.["redirect.to.url"]).toBe(`${origin}/target`);
  expect(rows.get("/away")?.["redirect.to.url"]).toBe("https://other.invalid/");
  expect(rows.get("/refresh-by-header")?.["redirect.to.url"]).toBe(`${origin}/target`);
  expect(rows.get("/hreflang-by-header")?.["hreflang.alternates"]).toEqual([
    `en ${origin}/en`,
    `de ${origin}/de`,
  ]);
  expect(rows.get("/hreflang")?.["hreflang.alternates"]).toEqual([`de ${origin}/nur-deutsch`]);
});

test("links are counted as often as they are written, and each address once", () => {
  const { "outlinks_internal.nb.total": once, "outlinks_internal.nb.written": written } = rows.get("/") ?? {};
  expect(Number(written)).toBe(Number(once) + 1);
});

test("a crawl tells what is not in it, of each kind how many and which", () => {
  const told = Object.fromEntries(crawl.leftOut.map(({ why, count, first }) => [why, { count, first }]));
  expect(told).toEqual({
    robots: { count: 2, first: [`${origin}/private/a`, `${origin}/private/b`] },
    "other-host": { count: 2, first: ["https://elsewhere.invalid/", "https://other.invalid/"] },
    "only-named": {
      count: 5,
      first: ["/de", "/en", "/nur-deutsch", "/only-framed", "/page-2"].map((path) => origin + path),
    },
    sitemap: { count: 1, first: ["https://www.example.invalid/map.xml"] },
  });
  expect(crawl).toMatchObject({ cutPages: 2, unreadPages: 0, stopped: false });
});

test("each page that was read is a line, in the order of reading", () => {
  const lines = sandbox.crawlRecords.lines(crawl.id, 0);
  expect(lines).toHaveLength(crawl.pagesDone);
  expect(lines[0]).toEqual({ url: `${origin}/`, httpCode: 200, loadMs: expect.any(Number), cut: null });
  expect(sandbox.crawlRecords.lines(crawl.id, lines.length - 1)).toEqual(lines.slice(-1));
});
