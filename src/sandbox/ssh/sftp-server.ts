import { constants, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  stat,
  unlink,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import type { Attributes, FileEntry, SFTPWrapper } from "ssh2";
import ssh2 from "ssh2";
import { inside, insideFollowed, OutsideError } from "./jail.ts";

type OpenThing = { file: FileHandle } | { folder: string; told: boolean };

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const longestRead = 256 * 1024;

/** Serves SFTP version 3 (draft-ietf-secsh-filexfer-02) on the real files of `home` and nothing outside of it. */
export const serveSftp = (sftp: SFTPWrapper, home: string): void => {
  const things = new Map<number, OpenThing>();
  let lastId = 0;
  const keep = (thing: OpenThing): Buffer => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(++lastId);
    things.set(lastId, thing);
    return handle;
  };
  const thingOf = (handle: Buffer): OpenThing => {
    const thing = handle.length === 4 ? things.get(handle.readUInt32BE(0)) : undefined;
    if (thing === undefined) throw new Error("no such handle");
    return thing;
  };
  const fileOf = (handle: Buffer): FileHandle => {
    const thing = thingOf(handle);
    if (!("file" in thing)) throw new Error("not a file");
    return thing.file;
  };
  /** Answers what `work` answers; OK when it answers nothing itself; its error as a status. */
  const answer = (id: number, work: () => Promise<"answered" | undefined>) => {
    work().then(
      (answered) => {
        if (answered === undefined) sftp.status(id, STATUS_CODE.OK);
      },
      (thrown: unknown) => sftp.status(id, statusOf(thrown), messageOf(thrown)),
    );
  };
  const answered = "answered" as const;

  sftp.on("OPEN", (id, path, flags, attrs) =>
    answer(id, async () => {
      const real = await insideFollowed(home, path);
      sftp.handle(id, keep({ file: await open(real, openFlags(flags), attrs.mode ?? 0o666) }));
      return answered;
    }),
  );
  sftp.on("READ", (id, handle, offset, length) =>
    answer(id, async () => {
      const buffer = Buffer.alloc(Math.min(length, longestRead));
      const { bytesRead } = await fileOf(handle).read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, bytesRead));
      return answered;
    }),
  );
  sftp.on("WRITE", (id, handle, offset, data) =>
    answer(id, async () => {
      await fileOf(handle).write(data, 0, data.length, offset);
      return undefined;
    }),
  );
  sftp.on("CLOSE", (id, handle) =>
    answer(id, async () => {
      const thing = thingOf(handle);
      things.delete(handle.readUInt32BE(0));
      if ("file" in thing) await thing.file.close();
      return undefined;
    }),
  );
  sftp.on("FSTAT", (id, handle) =>
    answer(id, async () => {
      sftp.attrs(id, attributesOf(await fileOf(handle).stat()));
      return answered;
    }),
  );
  sftp.on("FSETSTAT", (id, handle, attrs) =>
    answer(id, async () => {
      const file = fileOf(handle);
      if (attrs.size !== undefined) await file.truncate(attrs.size);
      if (attrs.mode !== undefined) await file.chmod(attrs.mode & 0o7777);
      if (attrs.mtime !== undefined) await file.utimes(attrs.atime ?? attrs.mtime, attrs.mtime);
      return undefined;
    }),
  );
  const look = (id: number, path: string, how: typeof stat) =>
    answer(id, async () => {
      sftp.attrs(id, attributesOf(await how(await inside(home, path))));
      return answered;
    });
  sftp.on("STAT", (id, path) => look(id, path, stat));
  sftp.on("LSTAT", (id, path) => look(id, path, lstat));
  sftp.on("SETSTAT", (id, path, attrs) =>
    answer(id, async () => {
      const real = await insideFollowed(home, path);
      if (attrs.mode !== undefined) await chmod(real, attrs.mode & 0o7777);
      if (attrs.mtime !== undefined) await utimes(real, attrs.atime ?? attrs.mtime, attrs.mtime);
      return undefined;
    }),
  );
  sftp.on("RENAME", (id, from, to) =>
    answer(id, async () => {
      const [source, target] = [await inside(home, from), await inside(home, to)];
      // Version 3 must not replace what is there (section 6.5).
      if (await exists(target)) throw new Error("the new name is taken");
      await rename(source, target);
      return undefined;
    }),
  );
  const change = (id: number, path: string, how: (real: string) => Promise<unknown>) =>
    answer(id, async () => {
      await how(await inside(home, path));
      return undefined;
    });
  sftp.on("REMOVE", (id, path) => change(id, path, unlink));
  sftp.on("RMDIR", (id, path) => change(id, path, rmdir));
  sftp.on("MKDIR", (id, path, attrs) => change(id, path, (real) => mkdir(real, attrs.mode ?? 0o777)));
  sftp.on("REALPATH", (id, path) =>
    answer(id, async () => {
      const real = await inside(home, path === "." ? home : path);
      sftp.name(id, [{ filename: real, longname: real, attrs: noAttributes }]);
      return answered;
    }),
  );
  sftp.on("OPENDIR", (id, path) =>
    answer(id, async () => {
      const folder = await insideFollowed(home, path);
      await readdir(folder);
      sftp.handle(id, keep({ folder, told: false }));
      return answered;
    }),
  );
  sftp.on("READDIR", (id, handle) =>
    answer(id, async () => {
      const thing = thingOf(handle);
      if (!("folder" in thing)) throw new Error("not a folder");
      if (thing.told) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, await entriesOf(thing.folder));
      thing.told = true;
      return answered;
    }),
  );
  sftp.on("close", () => {
    for (const thing of things.values()) if ("file" in thing) thing.file.close().catch(() => {});
    things.clear();
  });
};

const noAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

const entriesOf = async (folder: string): Promise<FileEntry[]> =>
  Promise.all(
    (await readdir(folder)).map(async (filename) => {
      const attrs = attributesOf(await lstat(join(folder, filename)));
      return { filename, longname: filename, attrs };
    }),
  );

const attributesOf = (stats: Stats): Attributes => ({
  mode: stats.mode,
  uid: stats.uid,
  gid: stats.gid,
  size: stats.size,
  atime: Math.floor(stats.atimeMs / 1_000),
  mtime: Math.floor(stats.mtimeMs / 1_000),
});

const openFlags = (asked: number): number => {
  const has = (flag: number) => (asked & flag) !== 0;
  const way =
    has(OPEN_MODE.READ) && has(OPEN_MODE.WRITE)
      ? constants.O_RDWR
      : has(OPEN_MODE.WRITE)
        ? constants.O_WRONLY
        : constants.O_RDONLY;
  return (
    way |
    (has(OPEN_MODE.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN_MODE.CREAT) ? constants.O_CREAT : 0) |
    (has(OPEN_MODE.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OPEN_MODE.EXCL) ? constants.O_EXCL : 0)
  );
};

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const statusOf = (thrown: unknown): number => {
  if (thrown instanceof OutsideError) return STATUS_CODE.PERMISSION_DENIED;
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  if (code === "ENOENT") return STATUS_CODE.NO_SUCH_FILE;
  if (code === "EACCES" || code === "EPERM") return STATUS_CODE.PERMISSION_DENIED;
  return STATUS_CODE.FAILURE;
};

const messageOf = (thrown: unknown): string =>
  thrown instanceof OutsideError
    ? "Outside of the sandbox's home"
    : thrown instanceof Error
      ? thrown.message
      : "failed";
