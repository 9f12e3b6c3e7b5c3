import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { codingOf } from "#web/encoded.ts";
import { openSite, readyExport, type Site } from "./site.ts";

let say = (_line: string) => {};
let goOn = () => {};

const talks = workflow("talks", "Talks", "Logs.", start({ subject: () => "talks" }))
  .do("first", "Say much", {
    run: async ({ log, signal }) => {
      for (let n = 1; n <= 200; n += 1) log(`${n} ${"words that somebody reads ".repeat(3)}`);
      say = log;
      await new Promise<void>((resolve) => {
        goOn = resolve;
        signal.addEventListener("abort", () => resolve());
      });
    },
  })
  .do("second", "Say nothing", { run: async () => {} })
  .do("third", "Say nothing again", { run: async () => {} })
  .hands(() => ({ sentence: "Done." }));

let site: Site;
let runId: string;
beforeAll(async () => {
  site = await openSite({ workflows: [talks] });
  ({ runId } = await site.engine.start("talks", {}, "Ada"));
  while ((await site.store.logs(runId, { after: null, limit: 200 })).length < 200) await turn();
});
afterAll(async () => {
  goOn();
  await site.close();
});

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
const pollsOf = (html: string) => /hx-get="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
const ask = (path: string, coding = "identity") =>
  site.get(path, { headers: { "HX-Request": "true", "Accept-Encoding": coding } });

/** Asks until there is something new, as an open page does. */
const changed = async (address: string): Promise<Response> => {
  for (;;) {
    const answer = await ask(address);
    if (answer.status === 200) return answer;
    await turn();
  }
};

test("a line that comes to a log of 200 costs a poll at most 1.5 KB, and nothing that was there is sent again", async () => {
  const page = await (await site.get(`/runs/${runId}`)).text();
  expect(page.match(/<li id="log-/g)).toHaveLength(200);
  say("one more");
  const fragment = await (await changed(pollsOf(page))).text();
  expect(fragment.match(/<li id="log-\d+"/g)).toEqual(['<li id="log-201"']);
  expect(fragment).not.toContain("step-");
  expect(Buffer.byteLength(fragment)).toBeLessThanOrEqual(1_500);
  // The page goes on from there.
  say("and one more");
  const next = await (await changed(pollsOf(fragment))).text();
  expect(next.match(/<li id="log-\d+"/g)).toEqual(['<li id="log-202"']);
  // Another page of the same run stands where it stood, and one that tells nothing is given all, compressed.
  const late = await (await ask(pollsOf(page))).text();
  expect(late.match(/<li id="log-\d+"/g)).toHaveLength(2);
  const all = await ask(`/runs/${runId}/progress?v=0`, "br");
  expect((await all.arrayBuffer()).byteLength).toBeLessThanOrEqual(4_000);
});

test("pages, fragments, JSON, style sheet and script are sent as the reader takes them, the same bytes in each coding", async () => {
  const { version } = site.deps.staticFiles;
  const paths = [
    "/",
    `/runs/${runId}`,
    `/runs/${runId}/progress?v=0`,
    "/api/openapi.json",
    `/static/milepost.${version}.css`,
    `/static/milepost.${version}.js`,
  ];
  const without = (text: string) =>
    text.replace(/data-now="\d+"|<time.*?<\/time>|last event [^<]*|until=\d+|seen=[^"]*/g, "");
  for (const path of paths) {
    const plain = await site.get(path);
    expect(plain.headers.get("Content-Encoding"), path).toBeNull();
    expect(plain.headers.get("Vary"), path).toBe("Accept-Encoding");
    const text = await plain.text();
    for (const [coding, decode] of [
      ["br", brotliDecompressSync],
      ["gzip", gunzipSync],
    ] as const) {
      const answer = await site.get(path, { headers: { "Accept-Encoding": coding } });
      expect([answer.status, answer.headers.get("Content-Encoding")], path).toEqual([200, coding]);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(bytes.length).toBeLessThan(Buffer.byteLength(text) / 2);
      expect(without(decode(bytes).toString()), path).toBe(without(text));
    }
  }
});

test("small answers, files, logs and event streams are sent as they are", async () => {
  const exportId = await readyExport(site, `url\n${"http://a/\n".repeat(2_000)}`);
  for (const path of [
    "/healthz",
    "/api/exports/none",
    `/exports/${exportId}/file`,
    `/runs/${runId}/log.txt`,
    `/api/runs/${runId}/events`,
  ]) {
    const answer = await site.get(path, { headers: { "Accept-Encoding": "br, gzip" } });
    expect(answer.headers.get("Content-Encoding"), path).toBeNull();
    await answer.body?.cancel();
  }
});

test("a reader gets the best coding that it takes, and none that it refuses", () => {
  expect(
    [
      "gzip, deflate, br, zstd",
      "gzip",
      "br;q=0, gzip",
      "*",
      "*, br;q=0",
      "identity",
      "",
      "GZIP;q=0.5",
      "gzip;q=0.0",
    ].map((accepts) => codingOf(accepts)),
  ).toEqual(["br", "gzip", "gzip", "br", "gzip", null, null, "gzip", null]);
});
