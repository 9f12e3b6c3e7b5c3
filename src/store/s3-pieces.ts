import type { S3mini } from "s3mini";
import type { Pieces } from "#core/files.ts";

/** What a worker that dies has fetched and not kept is less than this; a gigabyte is 250 requests. */
const usualPieceBytes = 4 * 1024 * 1024;
/** Of 80 GB; a server whose list never ends is not followed for ever. */
const mostPieces = 20_000;

/**
 * Pieces of files that are being fetched, each an object of its own below `below`: parts of an upload that is not complete can be listed, but
 * nobody can read them back. `asking` puts what S3 throws into words.
 */
export const createS3Pieces = (
  s3: S3mini,
  below: string,
  asking: <T>(work: () => Promise<T>) => Promise<T>,
  bytes = usualPieceBytes,
): Pieces => {
  const listed = (prefix: string) =>
    asking(async () => {
      const found = (await s3.listObjects("/", prefix, mostPieces)) ?? [];
      // Whatever a server lists, nothing else is ours.
      return found.filter(({ Key }) => Key.startsWith(prefix));
    });
  const removeAll = (found: readonly { Key: string }[]) =>
    asking(async () => {
      for (const { Key } of found) await s3.deleteObject(Key);
    });
  return {
    bytes,
    put: (name, piece) => asking(async () => void (await s3.putObject(`${below}/${name}`, piece))),
    get: (name) =>
      asking(async () => {
        const found = await s3.getObjectArrayBuffer(`${below}/${name}`);
        return found === null ? null : new Uint8Array(found);
      }),
    list: async (what) =>
      new Map(
        (await listed(`${below}/${what}/`)).map(({ Key, Size }) => [Key.slice(below.length + 1), Size]),
      ),
    remove: async (what) => removeAll(await listed(`${below}/${what}/`)),
    removeOlder: async (than) =>
      removeAll((await listed(`${below}/`)).filter(({ LastModified }) => LastModified.getTime() < than)),
  };
};
