import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import yazl from "yazl";
import { AppError } from "#core/errors.ts";
import { type Manifest, manifest, manifestName } from "./manifest.ts";

interface Source {
  path: string;
  isProgram: boolean;
  open(): Readable;
}

type Listed = Manifest["files"][number];

/** Writes a zip file of these, one after the other, with a manifest of their hashes as its last entry. */
export const writeArchive = async (
  file: string,
  sources: readonly Source[],
  about: Omit<Manifest, "files">,
): Promise<Manifest> => {
  const zip = new yazl.ZipFile();
  const written = pipeline(
    zip.outputStream,
    createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }),
  );
  const files: Listed[] = [];
  const fill = async () => {
    for (const { path, isProgram, open } of sources) {
      const measured = measure();
      const bytes = open().on("error", (error) => measured.stream.destroy(error));
      zip.addReadStream(bytes.pipe(measured.stream), path, { mode: isProgram ? 0o100700 : 0o100600 });
      files.push({ path, isProgram, ...(await measured.done) });
    }
    const whole: Manifest = { ...about, files };
    zip.addBuffer(Buffer.from(JSON.stringify(whole, null, 1)), manifestName);
    zip.end();
    return whole;
  };
  const [whole] = await Promise.all([fill(), written]);
  return whole;
};

/**
 * Reads an archive to its end and compares every file with what the manifest says of it. `take` is where the bytes go. Throws AppError("bad-input")
 * for anything that is not wholly what was written.
 */
export const readArchive = async (
  file: string,
  take: (bytes: Readable, listed: Listed) => Promise<void>,
): Promise<void> => {
  const { files } = await readManifest(file);
  const left = new Map(files.map((one) => [one.path, one]));
  await eachEntry(file, async (entry, open) => {
    if (entry.fileName === manifestName) return;
    const listed = left.get(entry.fileName);
    if (listed === undefined) throw notWhole(file, `${entry.fileName} is not in its list`);
    left.delete(entry.fileName);
    const { stream, done } = measure();
    const bytes = await open();
    bytes.on("error", (error) => stream.destroy(error));
    await Promise.all([take(bytes.pipe(stream), listed), done]);
    const { sha256, sizeBytes } = await done;
    if (sha256 !== listed.sha256 || sizeBytes !== listed.sizeBytes)
      throw notWhole(file, `${entry.fileName} is not what it was`);
  });
  const [missing] = left.keys();
  if (missing !== undefined) throw notWhole(file, `${missing} is missing`);
};

/** What a backup says of itself. Throws AppError("bad-input") for a file that is none, or was cut off. */
export const readManifest = async (file: string): Promise<Manifest> => {
  let found: unknown;
  await eachEntry(file, async (entry, open) => {
    if (entry.fileName !== manifestName) return;
    const parts: Buffer[] = [];
    for await (const part of await open()) parts.push(part as Buffer);
    found = JSON.parse(Buffer.concat(parts).toString("utf8"));
  });
  const read = manifest.safeParse(found);
  if (read.success) return read.data;
  throw new AppError("bad-input", `${file} is no backup of Milepost that this version can read.`);
};

const eachEntry = async (
  file: string,
  visit: (entry: Entry, open: () => Promise<Readable>) => Promise<void>,
): Promise<void> => {
  const zip = await openZip(file);
  try {
    await new Promise<void>((resolve, reject) => {
      const open = promisify<Entry, Readable>(zip.openReadStream.bind(zip));
      zip.on("entry", (entry: Entry) => {
        visit(entry, () => open(entry)).then(() => zip.readEntry(), reject);
      });
      zip.on("end", resolve);
      zip.on("error", reject);
      zip.readEntry();
    });
  } catch (error) {
    // Of the system, as of a full disk: it says nothing of the backup.
    if (error instanceof AppError || (error instanceof Error && "syscall" in error)) throw error;
    throw notWhole(file, error instanceof Error ? error.message : String(error));
  } finally {
    zip.close();
  }
};

const openZip = async (file: string): Promise<ZipFile> => {
  const open = promisify<string, yauzl.Options, ZipFile>(yauzl.open);
  try {
    return await open(file, { lazyEntries: true, autoClose: false });
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw error;
    throw notWhole(file, error instanceof Error ? error.message : String(error));
  }
};

const notWhole = (file: string, why: string): AppError =>
  new AppError("bad-input", `${file} is not a whole backup: ${why}. Take another one.`);

const measure = () => {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const stream = new Transform({
    transform: (chunk: Buffer, _, next) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
      next(null, chunk);
    },
  });
  const done = new Promise<{ sha256: string; sizeBytes: number }>((resolve, reject) => {
    stream.once("end", () => resolve({ sha256: hash.digest("hex"), sizeBytes }));
    stream.once("error", reject);
  });
  return { stream, done };
};
