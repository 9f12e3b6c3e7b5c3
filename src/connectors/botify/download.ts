import { open } from "node:fs/promises";
import { type GuardedAnswer, type GuardedFetch, openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { NetworkError } from "#connectors/http/network-error.ts";
import { sleep, stopped, systemClock } from "#connectors/http/waiting.ts";
import { isLoopbackHost } from "#connectors/http/zones.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { ensureSpace, type Statfs, writeError } from "./disk.ts";
import { readFileAnswer } from "./file-answer.ts";
import { discardPartial, rememberSource, resumable, type Source } from "./partial.ts";

export interface DownloadOptions {
  url: URL;
  /** Ends in ".part"; what we know of it is kept beside it in ".part.json". The caller renames it, or calls `discardPartial`. */
  to: string;
  /** The origin of Botify's API: the only one that ever gets the token. */
  apiOrigin: string;
  token?: string;
  /** Asks Botify for a new link when this one is refused (any 4xx that speaks of the link); their lifetime is not documented. */
  freshUrl(): Promise<URL>;
  minimumFreeBytes: number;
  signal: AbortSignal;
  /** Called for every chunk; `doneBytes` can go back to 0 when the file has to start anew. */
  onProgress?(progress: { doneBytes: number; totalBytes: number | null }): void;
  /** Called where what an earlier call fetched cannot be gone on from, with the reason as the beginning of a sentence. */
  onAnew?(why: string): void;
  statfs?: Statfs;
  clock?: Clock;
}

export interface Downloaded {
  sizeBytes: number;
  /** False when the server never said how long the file is: then only its content can tell whether it is whole. */
  lengthKnown: boolean;
  /** Bytes that came over the network in this call, repeated ones too. */
  receivedBytes: number;
  requests: number;
}

const mostStalls = 5;
const mostRequests = 500;
const spaceCheckEveryBytes = 64 * 1024 * 1024;

/**
 * Saves a file, going on where an earlier call or a cut connection stopped (Range with If-Range, RFC 9110 part 13.1.5 and 14).
 * Tries again while bytes arrive, and 5 times when none do. At the end the file is on the disk (fsync) and has the length that was told.
 * Throws AppError: "disk-full", "remote-refused", "remote-failed", "remote-odd", "unreachable", "cancelled"; the part stays for the next try.
 */
export const downloadFile = async (options: DownloadOptions): Promise<Downloaded> => {
  const { to, apiOrigin, signal, clock = systemClock } = options;
  if (!to.endsWith(".part")) throw new Error("A download is written to a name that ends in .part");
  const server = openGuardedFetch({
    // An API on this machine may keep its files here too; no other one leads inside.
    reach: isLoopbackHost(new URL(apiOrigin).hostname) ? "loopback" : "public",
    trustedOrigin: apiOrigin,
  });
  const count = { requests: 0, receivedBytes: 0 };
  let url = options.url;
  const before = await resumable(to, url);
  if (before.whyAnew !== null) options.onAnew?.(before.whyAnew);
  let furthestBytes = before.doneBytes;
  let freshAtBytes = -1;
  let stalls = 0;
  try {
    for (;;) {
      if (signal.aborted) throw stopped(signal);
      const attempt = await tryOnce(options, url, server, count);
      if (attempt.end === "complete") return { ...attempt.file, ...count };

      if (attempt.doneBytes > furthestBytes) {
        furthestBytes = attempt.doneBytes;
        stalls = 0;
      } else stalls++;

      if (attempt.end === "refused") {
        // A fresh link must bring at least one new byte before the next one is asked for.
        if (freshAtBytes >= furthestBytes) throw attempt.error;
        freshAtBytes = furthestBytes;
        url = await options.freshUrl();
        continue;
      }
      if (stalls >= mostStalls || count.requests >= mostRequests) throw attempt.error;
      await sleep(attempt.waitMs ?? Math.min(250 * 2 ** stalls, 15_000), signal, clock);
    }
  } finally {
    await server.close();
  }
};

type Attempt =
  | { end: "complete"; file: { sizeBytes: number; lengthKnown: boolean } }
  | { end: "refused"; doneBytes: number; error: AppError }
  | { end: "cut"; doneBytes: number; error: AppError; waitMs?: number | undefined };

const tryOnce = async (
  options: DownloadOptions,
  url: URL,
  server: GuardedFetch,
  count: { requests: number; receivedBytes: number },
): Promise<Attempt> => {
  const { to, apiOrigin, token, minimumFreeBytes, statfs, signal } = options;
  const { doneBytes, source } = await resumable(to, url);
  if (source !== null && doneBytes === source.totalBytes)
    return { end: "complete", file: await finish(to, doneBytes, true) };
  await ensureSpace({ path: to, needBytes: 0, minimumFreeBytes, statfs });

  count.requests++;
  let reached = doneBytes;
  try {
    const headers = {
      ...(source?.validator ? { range: `bytes=${doneBytes}-`, "if-range": source.validator } : {}),
      ...(url.origin === apiOrigin && token !== undefined ? { authorization: `Token ${token}` } : {}),
      // A range of a compressed answer would be one of other bytes.
      "accept-encoding": "identity",
    };
    const answer = await server.get({ url, headers, redirects: "within-reach", signal });
    const reading = readFileAnswer(answer, url, doneBytes, source);
    if ("end" in reading) {
      answer.discard();
      if (reading.end === "anew") {
        options.onAnew?.(`${url.host} gave another part of the file than was asked for`);
        await discardPartial(to);
        return { end: "cut", doneBytes: 0, error: cutError(url, 0, null) };
      }
      return { ...reading, doneBytes };
    }
    reached = reading.fromBytes;
    if (reached < doneBytes)
      options.onAnew?.(
        `${url.host} gave the whole file instead of its rest, so it may be another one by now`,
      );
    const { totalBytes } = reading.source;
    await save(options, answer, reading, (bytes) => {
      reached += bytes;
      count.receivedBytes += bytes;
      options.onProgress?.({ doneBytes: reached, totalBytes });
    });
    if (totalBytes !== null && reached > totalBytes) {
      await discardPartial(to);
      return {
        end: "cut",
        doneBytes: 0,
        error: new AppError("remote-odd", `${url.host} sent more bytes than the file has.`, {
          canPass: true,
        }),
      };
    }
    if (totalBytes !== null && reached < totalBytes)
      return { end: "cut", doneBytes: reached, error: cutError(url, reached, totalBytes) };
    return { end: "complete", file: await finish(to, reached, totalBytes !== null) };
  } catch (thrown) {
    if (signal.aborted) throw stopped(signal);
    if (thrown instanceof AppError && !(thrown instanceof NetworkError && thrown.code === "unreachable"))
      throw thrown;
    return {
      end: "cut",
      doneBytes: reached,
      error: cutError(url, reached, source?.totalBytes ?? null, thrown),
    };
  }
};

const save = async (
  { to, minimumFreeBytes, statfs, signal }: DownloadOptions,
  answer: GuardedAnswer,
  { fromBytes, source }: { fromBytes: number; source: Source },
  wrote: (bytes: number) => void,
): Promise<void> => {
  const ensureRest = (savedBytes: number) =>
    ensureSpace({
      path: to,
      needBytes: Math.max(0, (source.totalBytes ?? 0) - savedBytes),
      minimumFreeBytes,
      statfs,
    });
  try {
    await ensureRest(fromBytes);
    // First emptied, then described: a crash between the two leaves an empty part, which says nothing false.
    const file = await open(to, fromBytes === 0 ? "w" : "a", 0o600).catch((thrown) =>
      Promise.reject(writeError(thrown)),
    );
    try {
      await rememberSource(to, source).catch((thrown) => Promise.reject(writeError(thrown)));
      let savedBytes = fromBytes;
      let checkedAtBytes = fromBytes;
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        if (signal.aborted) throw stopped(signal);
        await file.writeFile(chunk).catch((thrown) => Promise.reject(writeError(thrown)));
        savedBytes += chunk.byteLength;
        wrote(chunk.byteLength);
        if (savedBytes - checkedAtBytes >= spaceCheckEveryBytes) {
          checkedAtBytes = savedBytes;
          await ensureRest(savedBytes);
        }
      }
    } finally {
      await file.close();
    }
  } finally {
    answer.discard();
  }
};

const finish = async (
  to: string,
  sizeBytes: number,
  lengthKnown: boolean,
): Promise<{ sizeBytes: number; lengthKnown: boolean }> => {
  const file = await open(to, "r+");
  try {
    await file.sync();
    const saved = (await file.stat()).size;
    if (saved !== sizeBytes)
      throw new AppError("internal", `The saved file has ${saved} bytes instead of ${sizeBytes}.`);
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : writeError(thrown);
  } finally {
    await file.close();
  }
  return { sizeBytes, lengthKnown };
};

const cutError = (url: URL, doneBytes: number, totalBytes: number | null, cause?: unknown): AppError => {
  const of = totalBytes === null ? "" : ` of ${totalBytes}`;
  const why = cause instanceof NetworkError ? `${cause.message} ` : "";
  return new AppError(
    "unreachable",
    doneBytes === 0
      ? `${url.host} could not be reached for the download. ${why}Check the network, then try again.`
      : `The download from ${url.host} was cut off again and again; ${doneBytes}${of} bytes are saved. ${why}Try again to go on from there.`,
    { cause },
  );
};
