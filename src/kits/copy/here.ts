import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "#core/errors.ts";
import { type Side, wholly } from "./side.ts";

/** Files of this machine. */
export const sideHere = (signal: AbortSignal): Side => {
  const at = (path: string) => resolve(homedir(), path);
  const told = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : failed(path, thrown, signal);
    }
  };
  const stat: Side["stat"] = (path) =>
    told(path, async () => {
      const found = await lstat(at(path)).catch(nullWhenMissing);
      return found === null
        ? null
        : { isFile: found.isFile(), sizeBytes: found.size, mode: found.mode & 0o7777 };
    });
  return {
    name: "this machine",
    stat,
    sha256: (path) =>
      told(path, async () => {
        const hash = createHash("sha256");
        const there = await pipeline(createReadStream(at(path)), hash, { signal }).then(
          () => true,
          nullWhenMissing,
        );
        return there === null ? null : hash.digest("hex");
      }),
    reading: (path, work) =>
      told(path, async () => {
        await using file = await open(at(path), "r");
        // Awaited here, as the file is closed when this ends.
        return await work(
          wholly((from, length) =>
            told(path, async () => {
              signal.throwIfAborted();
              const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
              return buffer.subarray(0, bytesRead);
            }),
          ),
        );
      }),
    writing: (path, work) =>
      told(path, async () => {
        await using file = await open(
          at(path),
          constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
          0o600,
        );
        const result = await work((bytes, from) =>
          told(path, async () => {
            signal.throwIfAborted();
            for (let done = 0; done < bytes.length; )
              done += (await file.write(bytes, done, bytes.length - done, from + done)).bytesWritten;
          }),
        );
        await file.sync();
        return result;
      }),
    move: (from, to, mode) =>
      told(to, async () => {
        {
          await using file = await open(at(from), "r");
          await file.chmod(mode);
        }
        await rename(at(from), at(to));
      }),
    remove: (path) => told(path, () => rm(at(path), { force: true })),
    [Symbol.dispose]: () => {},
  };
};

const nullWhenMissing = (thrown: unknown): null => {
  if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
  throw thrown;
};

const failed = (path: string, thrown: unknown, signal: AbortSignal): AppError => {
  if (signal.aborted)
    return new AppError("cancelled", `Work on ${path} on this machine was stopped.`, { cause: thrown });
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === "ENOENT")
    return new AppError("not-found", `There is no ${path} on this machine.`, { cause: thrown });
  if (code === "ENOSPC")
    return new AppError("disk-full", `The disk of this machine is full: ${path} does not fit.`, {
      cause: thrown,
    });
  return new AppError("remote-failed", `This machine could not do what was asked with ${path}.`, {
    ...{ cause: thrown, detail: words, canPass: false },
  });
};
