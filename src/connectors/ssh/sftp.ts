import { createHash, randomBytes } from "node:crypto";
import type { SFTPWrapper, Stats } from "ssh2";
import { AppError } from "#core/errors.ts";
import type { Connection } from "./connection.ts";
import { MayHaveBegun } from "./connection.ts";

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
}

const pieceBytes = 32 * 1024;
const usualMaxBytes = 16 * 1024 * 1024;

export const createSftp = (connection: Connection): Sftp => {
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
    try {
      return await work(callsOf(channel));
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
          if (sha256 !== sha256Of(bytes))
            throw new AppError(
              "remote-odd",
              `${path} on ${name} reads back differently from what was written; it was not put in place.`,
            );
          await sftp.replace(part, path);
          return { path, sizeBytes: bytes.length, mode, sha256 };
        } catch (thrown) {
          await sftp.unlink(part).catch(() => {});
          throw thrown;
        }
      }),
    read: (path, { signal, maxBytes = usualMaxBytes }) =>
      using(path, signal, (sftp) => readAll(sftp, path, maxBytes)),
    stat,
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
    for (let at = 0; ; ) {
      const piece = await sftp.read(handle, at, pieceBytes);
      if (piece.length === 0) return Buffer.concat(pieces);
      at += piece.length;
      if (at > maxBytes) throw new AppError("too-large", `${path} is larger than ${maxBytes} bytes.`);
      pieces.push(piece);
    }
  } finally {
    await sftp.close(handle);
  }
};

type Calls = ReturnType<typeof callsOf>;

/** The few requests we need, as promises. */
const callsOf = (sftp: SFTPWrapper) => {
  const call = <T>(start: (done: (error: unknown, value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));
  const rename = (from: string, to: string) => call<void>((done) => sftp.rename(from, to, done));
  const unlink = (path: string) => call<void>((done) => sftp.unlink(path, done));
  return {
    open: (path: string, flags: "r" | "wx", mode = 0o600) =>
      call<Buffer>((done) => sftp.open(path, flags, mode, done)),
    close: (handle: Buffer) => call<void>((done) => sftp.close(handle, done)),
    chmod: (handle: Buffer, mode: number) => call<void>((done) => sftp.fchmod(handle, mode, done)),
    lstat: (path: string) => call<Stats>((done) => sftp.lstat(path, done)),
    unlink,
    write: (handle: Buffer, bytes: Buffer, at: number) =>
      call<void>((done) => sftp.write(handle, bytes, 0, bytes.length, at, done)),
    read: (handle: Buffer, at: number, length: number) =>
      new Promise<Buffer>((resolve, reject) => {
        sftp.read(handle, Buffer.alloc(length), 0, length, at, (error, count, bytes) => {
          if (error === undefined || error === null) resolve(bytes.subarray(0, count));
          else if ("code" in error && error.code === endOfFile) resolve(Buffer.alloc(0));
          else reject(error);
        });
      }),
    /** To disk, where the server knows how (fsync@openssh.com). */
    sync: (handle: Buffer) =>
      call<void>((done) => sftp.ext_openssh_fsync(handle, done)).catch((thrown: unknown) => {
        if (!isUnsupported(thrown)) throw thrown;
      }),
    /** Over an existing file: posix-rename@openssh.com does it at once; plain SFTP must take the old one away first. */
    replace: async (from: string, to: string) => {
      try {
        await call<void>((done) => sftp.ext_openssh_rename(from, to, done));
      } catch (thrown) {
        if (!isUnsupported(thrown)) throw thrown;
        await rename(from, to).catch(async () => {
          await unlink(to);
          await rename(from, to);
        });
      }
    },
  };
};

const endOfFile = 1;

const isUnsupported = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  (("code" in thrown && thrown.code === 8) || /does not support|unsupported/i.test(thrown.message));

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
