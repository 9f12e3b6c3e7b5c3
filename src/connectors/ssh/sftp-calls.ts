import type { SFTPWrapper, Stats } from "ssh2";

export type Calls = ReturnType<typeof callsOf>;

/** The few requests we need, as promises. */
export const callsOf = (sftp: SFTPWrapper, answerLimitMs = usualAnswerLimitMs) => {
  const call = <T>(start: (done: (error: unknown, value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new NoAnswer()), answerLimitMs);
      start((error, value) => {
        clearTimeout(limit);
        if (error) reject(error);
        else resolve(value);
      });
    });
  const rename = (from: string, to: string) => call<void>((done) => sftp.rename(from, to, done));
  const unlink = (path: string) => call<void>((done) => sftp.unlink(path, done));
  return {
    open: (path: string, flags: "r" | "r+" | "wx", mode = 0o600) =>
      call<Buffer>((done) => sftp.open(path, flags, mode, done)),
    close: (handle: Buffer) => call<void>((done) => sftp.close(handle, done)),
    chmod: (handle: Buffer, mode: number) => call<void>((done) => sftp.fchmod(handle, mode, done)),
    lstat: (path: string) => call<Stats>((done) => sftp.lstat(path, done)),
    unlink,
    write: (handle: Buffer, bytes: Buffer, at: number) =>
      call<void>((done) => sftp.write(handle, bytes, 0, bytes.length, at, done)),
    fstat: (handle: Buffer) => call<Stats>((done) => sftp.fstat(handle, done)),
    read: (handle: Buffer, at: number, length: number) =>
      call<Buffer>((done) =>
        sftp.read(handle, Buffer.alloc(length), 0, length, at, (error, count, bytes) => {
          const isEnd = error !== undefined && error !== null && "code" in error && error.code === endOfFile;
          // A copy: what is kept of a short answer must not hold the room of a long one.
          done(isEnd ? null : error, isEnd ? Buffer.alloc(0) : Buffer.from(bytes?.subarray(0, count) ?? []));
        }),
      ),
    /** What may still be written at a place, in bytes; null where the server does not say (statvfs@openssh.com). */
    freeBytes: (path: string): Promise<number | null> =>
      call<unknown>((done) => sftp.ext_openssh_statvfs(path, done)).then(
        (told) => {
          const { f_bavail: blocks, f_frsize: size } = told as { f_bavail?: unknown; f_frsize?: unknown };
          return typeof blocks === "number" && typeof size === "number" ? blocks * size : null;
        },
        () => null,
      ),
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
/** For each request; a slow disk may take long over one, nothing takes this long. */
const usualAnswerLimitMs = 60_000;

/** The server left a request unanswered, on a connection that is open. */
export class NoAnswer extends Error {}

const isUnsupported = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  (("code" in thrown && thrown.code === 8) || /does not support|unsupported/i.test(thrown.message));
