import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = process.getuid?.() === 0;

/** A small disk of its own: mounting one needs to be root or to have sudo without a password. */
export const withSmallDisk = async (
  megabytes: number,
  work: (folder: string) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-disk-"));
  const sudo = root ? [] : ["sudo", "-n"];
  const as = (...command: string[]) => {
    const [program = "", ...args] = [...sudo, ...command];
    return run(program, args);
  };
  await as("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=777`, "tmpfs", folder);
  try {
    await work(folder);
  } finally {
    await as("umount", folder);
    await rm(folder, { recursive: true });
  }
};
