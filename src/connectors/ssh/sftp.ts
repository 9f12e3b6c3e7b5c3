import { createHash, randomBytes } from "node:crypto";
import { posix } from "node:path";
import type { SFTPWrapper, Stats } from "ssh2";
import { AppError } from "#core/errors.ts";
import type { Connection } from "./connection.ts";
import { MayHaveBegun } from "./connection.ts";
import { type Calls, callsOf, NoAnswer } from "./sftp-calls.ts";

export interface RemoteStat {
  kind: "file" | "directory" | "link" | "other";
  /** The permission bits: 0o600. */
  mode: number;
  sizeBytes: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

export interface Uploaded {
  path: string;
  sizeBytes: number;
  mode: number;
  /** Of what was read back from the machine, hex. */
  sha256: string;
}

/** File operations over SFTP (draft-ietf-secsh-filexfer-02). A path without a slash in front is in the user's home. */
export interface Sftp {
  /**
   * Puts a file in its place whole or not at all: written beside it, read back, compared, renamed. `mode` is set before the first
   * byte. Throws AppError "remote-odd" when what was read back differs.
   */
  upload(
    content: string | Buffer,
    path: string,
    options: { mode: number; signal: AbortSignal },
  ): Promise<Uploaded>;
  /** Throws AppError "not-found", or "too-large" beyond `maxBytes` (16 MiB unless told). */
  read(path: string, options: { signal: AbortSignal; maxBytes?: number }): Promise<Buffer>;
  /** Of the thing itself, links are not followed; null when there is none. */
  stat(path: string, signal: AbortSignal): Promise<RemoteStat | null>;
  exists(path: string, signal: AbortSignal): Promise<boolean>;
  /** A file or link. False when there was none. */
  remove(path: string, signal: AbortSignal): Promise<boolean>;
  /** Single requests about a file too large for one piece, on a channel of their own. Errors are told of `path`. */
  work<T>(path: string, signal: AbortSignal, work: (sftp: Calls) => Promise<T>): Promise<T>;
}

const pieceBytes = 32 * 1024;
/** A read may be answered with less than was asked for, but not so that a file takes for ever. */
const [mostShortReads, leastReadBytes] = [64, 512];
const usualMaxBytes = 16 * 1024 * 1024;

/** `answerLimitMs`: for each request; 60,000 unless told. */
export const createSftp = (
  connection: Connection,
  { answerLimitMs }: { answerLimitMs?: number } = {},
): Sftp => {
  const { name } = connection.target;

  const using = async <T>(
    path: string,
    signal: AbortSignal,
    work: (sftp: Calls) => Promise<T>,
  ): Promise<T> => {
    const opened = await connection
      .open<SFTPWrapper>((client, done) => client.sftp(done), signal)
      .catch((thrown: unknown) => {
        if (!(thrown instanceof MayHaveBegun)) throw thrown;
        // Nothing was asked of the files yet.
        throw signal.aborted ? stopped(name, path, thrown) : lost(name, path, thrown);
      });
    const { channel, session, release } = opened;
    channel.on("error", () => {});
    const onAbort = () => channel.end();
    signal.addEventListener("abort", onAbort, { once: true });
    // What is asked after the channel's end is never answered.
    const ended = new Promise<never>((_, reject) => channel.once("close", () => reject(new NoAnswer())));
    ended.catch(() => {});
    try {
      return await Promise.race([work(callsOf(channel, answerLimitMs)), ended]);
    } catch (thrown) {
      if (signal.aborted) throw stopped(name, path, thrown);
      throw session.isLost() ? lost(name, path, thrown) : sftpError(thrown, path, name);
    } finally {
      signal.removeEventListener("abort", onAbort);
      channel.end();
      release();
    }
  };

  const stat = (path: string, signal: AbortSignal) =>
    using(path, signal, async (sftp) => readStat(await sftp.lstat(path))).catch(nullWhenMissing);

  return {
    upload: (content, path, { mode, signal }) =>
      using(path, signal, async (sftp) => {
        const bytes = Buffer.from(content);
        const part = `${path}.milepost-${randomBytes(6).toString("hex")}`;
        try {
          await writeNew(sftp, part, bytes, mode);
          const sha256 = sha256Of(await readAll(sftp, part, bytes.length));
          if (sha256 !== sha256Of(bytes)) throw differs(part, name);
          await sftp.replace(part, path);
          const inPlace = readStat(await sftp.lstat(path));
          if (inPlace.sizeBytes !== bytes.length || inPlace.mode !== mode) throw differs(path, name);
          return { path, sizeBytes: bytes.length, mode, sha256 };
        } catch (thrown) {
          // Before the part goes: it is what fills the disk.
          const full = await fullDisk(sftp, thrown, path, bytes.length, name);
          await sftp.unlink(part).catch(() => {});
          throw full ?? thrown;
        }
      }),
    read: (path, { signal, maxBytes = usualMaxBytes }) =>
      using(path, signal, (sftp) => readAll(sftp, path, maxBytes)),
    stat,
    work: using,
    exists: async (path, signal) => (await stat(path, signal)) !== null,
    remove: (path, signal) =>
      using(path, signal, async (sftp) => {
        await sftp.unlink(path);
        return true;
      }).catch((thrown) => nullWhenMissing(thrown) ?? false),
  };
};

const writeNew = async (sftp: Calls, path: string, bytes: Buffer, mode: number): Promise<void> => {
  const handle = await sftp.open(path, "wx", mode);
  try {
    // Once more: the server's umask may have taken bits from the mode at open.
    await sftp.chmod(handle, mode);
    // Before the first byte: what may be secret must not get into a file that others read.
    if (readStat(await sftp.fstat(handle)).mode !== mode)
      throw new AppError(
        "remote-odd",
        `The place of ${path} does not keep who may read a file, so nothing was written to it. Use another kind of file system there.`,
        { canPass: false },
      );
    for (let at = 0; at < bytes.length; at += pieceBytes)
      await sftp.write(handle, bytes.subarray(at, at + pieceBytes), at);
    await sftp.sync(handle);
  } finally {
    await sftp.close(handle);
  }
};

const readAll = async (sftp: Calls, path: string, maxBytes: number): Promise<Buffer> => {
  const handle = await sftp.open(path, "r");
  try {
    const pieces: Buffer[] = [];
    const said = await sftp.fstat(handle);
    for (let at = 0, reads = 0; ; reads++) {
      if (reads > mostShortReads + at / leastReadBytes)
        throw new AppError(
          "remote-odd",
          `${path} comes in pieces too small for any SFTP server, so it was not read on.`,
          {
            canPass: false,
          },
        );
      const piece = await sftp.read(handle, at, pieceBytes);
      if (piece.length === 0) {
        // Some files say 0 and have more (/proc), others grow meanwhile; none is shorter than it was said to be before and after.
        if (at < Math.min(said.size, (await sftp.fstat(handle)).size))
          throw new AppError("remote-odd", `${path} is shorter than the server says it is.`);
        return Buffer.concat(pieces);
      }
      at += piece.length;
      if (at > maxBytes) throw new AppError("too-large", `${path} is larger than ${maxBytes} bytes.`);
      pieces.push(piece);
    }
  } finally {
    await sftp.close(handle);
  }
};

/** SFTP says of a full disk only that something failed (SSH_FX_FAILURE), so the disk is asked. */
const fullDisk = async (
  sftp: Calls,
  thrown: unknown,
  path: string,
  sizeBytes: number,
  name: string,
): Promise<AppError | null> => {
  if (!(thrown instanceof Error && "code" in thrown && thrown.code === 4)) return null;
  const free = await sftp.freeBytes(posix.dirname(path));
  if (free === null || free >= sizeBytes) return null;
  return new AppError(
    "remote-failed",
    `The disk of ${name} is full: ${path} needs ${sizeBytes} bytes, and ${free} are free there. Make room, then try again.`,
    { cause: thrown, canPass: false },
  );
};

const readStat = (stats: Stats): RemoteStat => ({
  kind: stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "directory"
      : stats.isSymbolicLink()
        ? "link"
        : "other",
  mode: stats.mode & 0o7777,
  sizeBytes: stats.size,
  modifiedAt: stats.mtime * 1_000,
});

const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const nullWhenMissing = (thrown: unknown): null => {
  if (thrown instanceof AppError && thrown.code === "not-found") return null;
  throw thrown;
};

const differs = (path: string, name: string) =>
  new AppError("remote-odd", `${path} on ${name} reads back differently from what was written.`, {
    canPass: false,
  });

const stopped = (name: string, path: string, cause: unknown) =>
  new AppError("cancelled", `Work on ${path} on ${name} was stopped.`, { cause });

const lost = (name: string, path: string, cause: unknown) =>
  new AppError(
    "unreachable",
    `The connection to ${name} broke while ${path} was worked on; a file is either wholly in place or not at all.`,
    { cause },
  );

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7). */
const sftpError = (thrown: unknown, path: string, name: string): AppError => {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof NoAnswer)
    return new AppError("timed-out", `${name} does not answer about ${path}; its connection is open.`, {
      cause: thrown,
    });
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  const options = { cause: thrown, detail: thrown instanceof Error ? thrown.message : String(thrown) };
  switch (code) {
    case 2:
      return new AppError("not-found", `There is no ${path} on ${name}.`, options);
    case 3:
      return new AppError("remote-refused", `${name} does not let this user touch ${path}.`, options);
    default:
      return new AppError("remote-failed", `${name} could not do what was asked with ${path}.`, options);
  }
};
