import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { DownloadOptions } from "#connectors/botify/download.ts";
import { downloadInPieces } from "#connectors/botify/kept-pieces.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import { createS3Files } from "#store/s3-files.ts";
import { bucketKey, startS3 } from "../../store/s3-server.ts";
import { never, rejection } from "../http/servers.ts";
import { content, giveFile, type Serving } from "./file-server.ts";
import { hurriedClock, serve, tempFolder } from "./server.ts";

const pieceBytes = 256 * 1024;
const other = randomBytes(2_000_000);

/** A bucket, a server that gives a file as `serving` says, and as many nodes with a disk of their own as wanted. */
const setUp = async () => {
  const s3 = await startS3(join(await tempFolder(), "s3"));
  let closed = false;
  const close = async () => {
    if (!closed) await s3.close();
    closed = true;
  };
  onTestFinished(close);
  const { pieces } = await createS3Files(
    { url: s3.url, ...bucketKey },
    "exports",
    createDiskFiles(await tempFolder()),
    { pieceBytes },
  );
  if (pieces === null) throw new Error("a bucket keeps pieces");
  const serving: Serving = {};
  const { origin, requests } = await serve((request, response) => giveFile(request, response, serving));
  const node = async () => {
    const to = join(await tempFolder(), "export.csv.gz.part");
    const said: string[] = [];
    const run = async (more: Partial<DownloadOptions> = {}) => {
      const done = await downloadInPieces(
        {
          ...{ url: new URL(`${origin}/x.csv.gz`), to, apiOrigin: "http://127.0.0.1:1", minimumFreeBytes: 0 },
          ...{ freshUrl: () => Promise.reject(new Error("no fresh link was expected")), signal: never },
          clock: hurriedClock(),
          onAnew: (why) => said.push(why),
          ...more,
        },
        {
          pieces,
          what: "e1",
          onTaken: (bytes) => said.push(`${bytes} taken`),
          onTrouble: (why) => said.push(why),
        },
      );
      return { ...done, saved: await readFile(to) };
    };
    return { run, said, to };
  };
  /** Fetches so many bytes of an answer, until so much is on its disk and so many pieces are kept; then it is no more. */
  const fetchedUntil = async (
    { run, to }: Awaited<ReturnType<typeof node>>,
    cutAfter: number,
    there: { bytes: number; kept: number },
  ) => {
    Object.assign(serving, { cutAfter, stalls: true });
    const stop = new AbortController();
    const stopped = rejection(run({ signal: stop.signal }));
    await expect
      .poll(async () => {
        const bytes = await stat(to).then(
          ({ size }) => size,
          () => 0,
        );
        return { bytes, kept: (await pieces.list("e1")).size - 1 };
      })
      .toEqual(there);
    stop.abort();
    await stopped;
    delete serving.cutAfter;
  };
  return { pieces, serving, requests, node, fetchedUntil, close };
};

test("a download goes on at a node whose disk has nothing of it, behind the last whole piece and with the right bytes", async () => {
  const { node, requests, fetchedUntil } = await setUp();
  await fetchedUntil(await node(), 1_000_000, { bytes: 1_000_000, kept: 3 });
  const second = await node();
  const { saved, receivedBytes } = await second.run();
  expect(saved.equals(content)).toBe(true);
  expect(requests.at(-1)?.headers).toMatchObject({ range: `bytes=${3 * pieceBytes}-`, "if-range": '"v1"' });
  expect(receivedBytes).toBe(content.length - 3 * pieceBytes);
  expect(second.said).toEqual([`${3 * pieceBytes} taken`]);
});

test("a node goes on with its own disk where that has more, and takes only what it lacks where another one went further", async () => {
  const { node, fetchedUntil, requests } = await setUp();
  const [first, second] = [await node(), await node()];
  await fetchedUntil(first, 700_000, { bytes: 700_000, kept: 2 });
  await fetchedUntil(second, 1_000_000, { bytes: 2 * pieceBytes + 1_000_000, kept: 5 });
  await fetchedUntil(first, 100_000, { bytes: 5 * pieceBytes + 100_000, kept: 5 });
  expect([second.said, first.said.slice(1)]).toEqual([
    [`${2 * pieceBytes} taken`],
    [`${3 * pieceBytes} taken`],
  ]);
  const { saved } = await first.run();
  expect(requests.at(-1)?.headers.range).toBe(`bytes=${5 * pieceBytes + 100_000}-`);
  expect(first.said).toHaveLength(2);
  expect(saved.equals(content)).toBe(true);
});

test.each<[string, Serving, string]>([
  ["has changed", { bytes: other, etag: '"v2"' }, "gave the whole file instead of its rest"],
  ["has changed and keeps its name", { bytes: other }, "gave another part of the file than was asked for"],
])("of a file that %s nothing is mixed, and the next node goes on with the new one", async (_, now, why) => {
  const { node, serving, fetchedUntil, requests } = await setUp();
  await fetchedUntil(await node(), 1_000_000, { bytes: 1_000_000, kept: 3 });
  Object.assign(serving, now);
  const second = await node();
  await fetchedUntil(second, 600_000, { bytes: 600_000, kept: 5 });
  expect(second.said).toContainEqual(expect.stringContaining(why));
  const third = await node();
  const { saved } = await third.run();
  expect(saved.equals(other)).toBe(true);
  expect(requests.at(-1)?.headers.range).toBe(`bytes=${2 * pieceBytes}-`);
});

test("nothing is kept of a file that cannot be told from another one", async () => {
  const { node, serving, pieces } = await setUp();
  serving.etag = null;
  await (await node()).run();
  expect((await pieces.list("e1")).size).toBe(0);
});

test("a storage that is away is told once, and the file is saved all the same", async () => {
  const { node, close } = await setUp();
  await close();
  const { run, said } = await node();
  const { saved } = await run();
  expect(saved.equals(content)).toBe(true);
  expect(said.filter((line) => line.includes("did not do what it was asked to"))).toHaveLength(1);
});
