import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { download, openSandbox, type Sandbox, textOf } from "./world.ts";

let sandbox: Sandbox;
let analysis: string;
const id = (field: string) => `crawl.${analysis}.${field}`;

beforeAll(async () => {
  sandbox = await openSandbox();
  analysis = sandbox.addSynthetic("shop", 5_000).analysis;
});
afterAll(() => sandbox.close());

const linkOf = async (query: object, config: object = {}): Promise<string> => {
  const job = await sandbox.jobEnded({
    project: "shop",
    analysis,
    query,
    config: { print_delimiter: false, ...config },
  });
  return job.results?.download_url ?? "";
};
const exported = async (...wish: Parameters<typeof linkOf>) =>
  textOf((await download(await linkOf(...wish))).bytes);

test("metrics are columns of the file, after the dimensions, under the name that they were given", async () => {
  const text = await exported({
    dimensions: [id("depth")],
    metrics: [{ field: id("count_urls_crawl"), name: "URLs" }],
    sort: [{ field: id("depth") }],
  });
  expect(text).toBe("Depth,URLs\n0,1\n1,1\n2,1\n3,1\n4,1\n5,4995\n");
});

test("another delimiter is used, told in the first line, and quoted where it is in a text", async () => {
  const query = {
    dimensions: [id("depth"), id("metadata.description.content")],
    sort: [{ field: id("url") }],
  };
  const text = await exported(query, { delimiter: " ", print_delimiter: true });
  const [first, head, row] = text.split("\n");
  expect([first, head, row]).toEqual([
    "sep= ",
    'Depth "Meta description"',
    '0 "What page 0 is all about, in a few words"',
  ]);
});

test("any single range of bytes is answered as RFC 9110 says", async () => {
  const link = await linkOf({ dimensions: [id("url")] });
  const { bytes } = await download(link);
  const size = bytes.length;
  const part = async (range: string) => {
    const answer = await download(link, { range });
    return [answer.status, answer.headers.get("content-range"), answer.bytes.toString("hex")];
  };
  const of = (start: number, end: number) => [
    206,
    `bytes ${start}-${end}/${size}`,
    bytes.subarray(start, end + 1).toString("hex"),
  ];
  expect(await part("bytes=0-")).toEqual(of(0, size - 1));
  expect(await part("bytes=3-9")).toEqual(of(3, 9));
  expect(await part("bytes=-5")).toEqual(of(size - 5, size - 1));
  expect(await part(`bytes=10-${size + 100}`)).toEqual(of(10, size - 1));
  expect((await part("bytes=1-2,4-5"))[0]).toBe(200);
  expect((await part("pages=1-2"))[0]).toBe(200);
});

test("HEAD tells the length and uses up no fault; a file that was removed is 404", async () => {
  const link = await linkOf({ dimensions: [id("url")] });
  sandbox.faults.cutDownload = { afterBytes: 10, times: 1 };
  const head = await fetch(link, { method: "HEAD" });
  expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1_000);
  expect(sandbox.faults.cutDownload).toEqual({ afterBytes: 10, times: 1 });
  sandbox.faults.cutDownload = null;
  const folder = join(sandbox.dataDir, "exports");
  for (const file of await readdir(folder)) await rm(join(folder, file));
  expect((await download(link)).status).toBe(404);
});
