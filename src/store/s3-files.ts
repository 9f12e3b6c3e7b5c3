import { open, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { S3mini } from "s3mini";
import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";
import { createS3Pieces } from "./s3-pieces.ts";

/** Where files are kept, by the protocol of Amazon S3 that many servers speak. */
export interface S3Place {
  /** Of the bucket, or of a folder in it: "https://s3.example.org/milepost", "https://s3.example.org/milepost/node". */
  url: URL;
  accessKey: string;
  secretKey: string;
  region: string;
}

/** A part of an upload is at least as large, and S3 takes 10,000 of them: beyond 80 GB they are larger. */
const usualPartBytes = 8 * 1024 * 1024;
const mostParts = 10_000;
/** The status of an answer that is the part that was asked for. */
const partial = 206;
/** No folder of ours holds as many; a server whose list never ends is not followed for ever. */
const mostKeys = 10_000;

/**
 * Files of a server that speaks S3. What is being made lies on this machine's disk until `keep`, which sends it there; what is kept there any node
 * reads. `below` ("exports") stands before every name. Throws AppError("conflict") where the server takes no such key.
 */
export const createS3Files = async (
  { url, accessKey, secretKey, region }: S3Place,
  below: string,
  disk: Files,
  { partBytes = usualPartBytes, pieceBytes }: { partBytes?: number; pieceBytes?: number } = {},
): Promise<Files> => {
  const [bucket = "", ...folders] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const s3 = new S3mini({
    endpoint: new URL(`/${encodeURIComponent(bucket)}`, url).href,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    region,
    requestAbortTimeout: 60_000,
  });
  const called = url.host + url.pathname;
  const prefix = [...folders, below].join("/");
  const keyOf = (name: string): string => `${prefix}/${name}`;
  const asking = async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof AppError || signal?.aborted) throw cause;
      throw new AppError("unreachable", `The file storage ${called} did not do what it was asked to.`, {
        cause,
      });
    }
  };
  const isThere = await asking(() => s3.bucketExists());
  if (!isThere)
    throw new AppError(
      "conflict",
      `The file storage ${called} has no such bucket, or does not take this key. Correct MILEPOST_FILES or MILEPOST_FILES_KEY.`,
    );
  const sizeThere = async (name: string): Promise<number | null> =>
    asking(async () =>
      (await s3.objectExists(keyOf(name))) === true ? s3.getContentLength(keyOf(name)) : null,
    );

  /** As many bytes and no more; what is short, or begins elsewhere, breaks off instead of passing for the file. */
  async function* exactly(bytes: number, body: AsyncIterable<Uint8Array> | null) {
    let left = bytes;
    for await (const piece of body ?? []) {
      yield piece.subarray(0, left);
      left -= Math.min(left, piece.length);
      if (left === 0) return;
    }
    if (left > 0)
      throw new AppError(
        "remote-odd",
        `The file storage ${called} gave another part of the file than was asked for.`,
      );
  }

  return {
    place: (name) => disk.place(name),
    keep: async (name, signal) => {
      const path = await disk.place(name);
      const size = (await stat(path).catch(() => null))?.size ?? null;
      // It was sent before, and whoever did so was cut off behind that.
      if (size === null && (await sizeThere(name)) !== null) return;
      if (size === null) throw new AppError("not-found", "The file that is to be kept is not there.");
      await asking(() => send(s3, keyOf(name), { path, size, partBytes }, signal), signal);
      if ((await sizeThere(name)) !== size)
        throw new AppError("remote-failed", `The file storage ${called} did not keep the whole file.`);
      await rm(path, { force: true });
    },
    size: async (name) => (await disk.size(name)) ?? sizeThere(name),
    open: (name, start, end) =>
      Readable.from(
        (async function* () {
          if ((await disk.size(name)) !== null) return yield* disk.open(name, start, end);
          const answer = await asking(() => s3.getObjectRaw(keyOf(name), false, start, end + 1));
          yield* exactly(end + 1 - start, start === 0 || answer.status === partial ? answer.body : null);
        })(),
        { objectMode: false },
      ),
    remove: async (name) => {
      await disk.remove(name);
      await asking(async () => {
        const folder = `${keyOf(name)}/`;
        const listed = (await s3.listObjects("/", folder, mostKeys)) ?? [];
        // Whatever a server lists, and however often, nothing else is ours to remove.
        const within = new Set(listed.map(({ Key }) => Key).filter((key) => key.startsWith(folder)));
        for (const key of within) await s3.deleteObject(key);
        await s3.deleteObject(keyOf(name));
      });
    },
    freeBytes: () => disk.freeBytes(),
    pieces: createS3Pieces(s3, `${prefix}-pieces`, asking, pieceBytes),
  };
};

const send = async (
  s3: S3mini,
  key: string,
  { path, size, partBytes }: { path: string; size: number; partBytes: number },
  signal: AbortSignal | undefined,
): Promise<void> => {
  const bytes = Math.max(partBytes, Math.ceil(size / mostParts));
  const file = await open(path);
  try {
    const part = async (at: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(Math.min(bytes, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      return buffer.subarray(0, bytesRead);
    };
    if (size <= bytes) {
      await s3.putObject(key, await part(0));
      return;
    }
    const upload = await s3.getMultipartUploadId(key);
    try {
      const parts = [];
      for (let at = 0; at < size; at += bytes) {
        signal?.throwIfAborted();
        parts.push(await s3.uploadPart(key, upload, await part(at), parts.length + 1));
      }
      await s3.completeMultipartUpload(key, upload, parts);
    } catch (error) {
      await s3.abortMultipartUpload(key, upload).catch(() => {});
      throw error;
    }
  } finally {
    await file.close();
  }
};
