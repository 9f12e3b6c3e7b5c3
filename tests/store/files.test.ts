import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Files } from "#core/files.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import { createLongLines } from "#store/long-lines.ts";
import { createS3Files } from "#store/s3-files.ts";
import { bucketKey, startS3 } from "./s3-server.ts";

/** Small, so that a file of several is soon sent. */
const partBytes = 128 * 1024;
const home = mkdtempSync(join(tmpdir(), "milepost-files-"));
let bucket: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  bucket = await startS3(join(home, "s3"));
});
afterAll(async () => {
  await bucket.close();
  rmSync(home, { recursive: true, force: true });
});

/** The files of a node with a disk of its own. */
const inBucket = (node: string, folder = "") =>
  createS3Files(
    { url: new URL(`${bucket.url}${folder}`), ...bucketKey },
    "exports",
    createDiskFiles(join(home, node)),
    {
      partBytes,
    },
  );
const put = async (files: Files, name: string, bytes: Uint8Array) => {
  writeFileSync(await files.place(name), bytes);
  await files.keep(name);
};
const text = async (files: Files, name: string, start: number, end: number) =>
  (await buffer(files.open(name, start, end))).toString();

const kinds: Record<string, (node: string) => Promise<Files>> = {
  "on a disk": async (node) => createDiskFiles(join(home, `disk-${node}`)),
  "in a bucket": (node) => inBucket(node),
  "in a folder of a bucket": (node) => inBucket(node, "/one/Été 1"),
};

describe.each(Object.entries(kinds))("files %s", (_kind, open) => {
  test("what is kept is there with its size and every range of it, may be kept again, and is gone when it is removed", async () => {
    const files = await open("a");
    const name = "botify/Été 1+1/urls é&?.csv";
    expect(await files.size(name)).toBeNull();
    await put(files, name, Buffer.from("0123456789"));
    await files.keep(name);
    expect(await files.size(name)).toBe(10);
    expect([
      await text(files, name, 0, 9),
      await text(files, name, 3, 5),
      await text(files, name, 9, 9),
    ]).toEqual(["0123456789", "345", "9"]);
    await put(files, name, Buffer.from("another"));
    expect(await text(files, name, 0, 6)).toBe("another");
    await files.remove(name);
    expect(await files.size(name)).toBeNull();
    await files.remove(name);
  });

  test("a folder is removed with all that is in it, and nothing that only begins with its name", async () => {
    const files = await open("a");
    for (const name of ["run/1.txt", "run/deep/2.txt", "run2/3.txt"])
      await put(files, name, Buffer.from("x"));
    await files.remove("run");
    expect(
      await Promise.all(["run/1.txt", "run/deep/2.txt", "run2/3.txt"].map((name) => files.size(name))),
    ).toEqual([null, null, 1]);
  });

  test("an empty file is one, long lines come back whole and are forgotten, and a name that leads out is refused", async () => {
    const files = await open("a");
    await put(files, "empty.csv", Buffer.alloc(0));
    expect(await files.size("empty.csv")).toBe(0);
    const lines = createLongLines(files, () => "n1");
    const whole = "é".repeat(100_000);
    const name = await lines.keep("r1", whole);
    expect(await lines.read(name)).toBe(whole);
    await lines.forget("r1");
    expect(await lines.read(name)).toBeNull();
    await expect(files.place("../out")).rejects.toThrow("not the name of a saved file");
  });
});

test("a file of several parts that one node kept is read whole at another, and takes no room on the first one's disk", async () => {
  const [one, other] = [await inBucket("one"), await inBucket("other")];
  const bytes = randomBytes(5 * partBytes + 7);
  await put(one, "large/file.csv", bytes);
  expect(readdirSync(join(home, "one/large"))).toEqual([]);
  expect(await other.size("large/file.csv")).toBe(bytes.length);
  const hash = (of: Uint8Array) => createHash("sha256").update(of).digest("hex");
  expect(hash(await buffer(other.open("large/file.csv", 0, bytes.length - 1)))).toBe(hash(bytes));
  const at = partBytes;
  expect(await buffer(other.open("large/file.csv", at - 3, at + 2))).toEqual(bytes.subarray(at - 3, at + 3));
  await expect(other.keep("never/written.csv")).rejects.toThrow("is not there");
  expect(existsSync(join(home, "other/large/file.csv"))).toBe(false);
});

test("what is stopped in the middle of being sent is not there, and can be kept afterwards", async () => {
  const files = await inBucket("stopped");
  const name = "half.csv";
  writeFileSync(await files.place(name), randomBytes(2 * partBytes));
  await expect(files.keep(name, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  const other = await inBucket("looks");
  expect(await other.size(name)).toBeNull();
  await files.keep(name);
  expect(await other.size(name)).toBe(2 * partBytes);
});

test("pieces that one node kept are listed and read at another, and go with their file or when nobody has touched them", async () => {
  const [one, other] = await Promise.all(
    [inBucket("one"), inBucket("other")].map(async (of) => (await of).pieces),
  );
  if (one == null || other == null) throw new Error("a bucket keeps pieces");
  const put = ["a/source", "a/x/0", "a/x/4", "ab/x/0"];
  for (const [n, name] of put.entries()) await one.put(name, Buffer.from("x".repeat(n)));
  expect([...(await other.list("a"))]).toEqual([
    ["a/source", 0],
    ["a/x/0", 1],
    ["a/x/4", 2],
  ]);
  expect(Buffer.from((await other.get("a/x/4")) ?? "none").toString()).toBe("xx");
  expect(await other.get("a/x/8")).toBeNull();
  await other.remove("a");
  expect([await one.list("a"), await one.list("ab")].map(({ size }) => size)).toEqual([0, 1]);
  await other.removeOlder(Date.now() - 60_000);
  expect((await one.list("ab")).size).toBe(1);
  await other.removeOlder(Date.now() + 60_000);
  expect((await one.list("ab")).size).toBe(0);
});

test("a bucket that is not there and a server that does not answer are told in a sentence", async () => {
  const disk = createDiskFiles(join(home, "none"));
  const elsewhere = new URL("/no-such-bucket", bucket.url);
  await expect(createS3Files({ url: elsewhere, ...bucketKey }, "exports", disk)).rejects.toThrow(
    "has no such bucket",
  );
  const nobody = new URL("http://127.0.0.1:1/milepost");
  await expect(createS3Files({ url: nobody, ...bucketKey }, "exports", disk)).rejects.toThrow(
    "The file storage",
  );
});

test.each<[string, number, string, string | null]>([
  ["more than was asked for", 206, "34567 HTTP/1.1 200 OK", "345"],
  ["less", 206, "34", null],
  ["the beginning instead of a part", 200, "0123456789", null],
])(
  "of a storage that gives %s, nobody is given anything else as the file",
  async (_, status, body, given) => {
    const server = createServer((request, response) =>
      request.method === "GET" ? response.writeHead(status).end(body) : response.writeHead(200).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const files = await createS3Files(
      { url: new URL(`http://127.0.0.1:${port}/milepost`), ...bucketKey },
      "exports",
      createDiskFiles(join(home, "lied-about")),
    );
    const read = text(files, "a.csv", 3, 5);
    if (given === null) await expect(read).rejects.toThrow("gave another part of the file");
    else expect(await read).toBe(given);
    server.closeAllConnections();
    server.close();
  },
);

test("of what a storage lists without end, and beside what it was asked for, no more than our own is removed", async () => {
  let lists = 0;
  const removed: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://s3");
    if (request.method === "DELETE") removed.push(decodeURIComponent(pathname));
    if (!searchParams.has("list-type"))
      return void response.writeHead(request.method === "DELETE" ? 204 : 200).end();
    lists += 1;
    response.writeHead(200, { "content-type": "application/xml" });
    const keys = [
      "exports/run/1.txt",
      "exports/run2/2.txt",
      ...Array.from({ length: 998 }, (_, n) => `secrets/${n}`),
    ];
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>${keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join("")}</ListBucketResult>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const files = await createS3Files(
    { url: new URL(`http://127.0.0.1:${port}/milepost`), ...bucketKey },
    "exports",
    createDiskFiles(join(home, "lied")),
  );
  await files.remove("run");
  server.close();
  expect(lists).toBe(10);
  expect(removed).toEqual(["/milepost/exports/run/1.txt", "/milepost/exports/run"]);
});
