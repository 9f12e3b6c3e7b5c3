import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const name = /^milepost-crawls-(\d+)-/;

/** A folder of this process's own in the machine's place for such; it goes with the process, and those of processes that were killed go now. */
export const makeCopiesFolder = (): string => {
  for (const one of readdirSync(tmpdir())) {
    const pid = Number(name.exec(one)?.[1]);
    if (pid > 0 && !isThere(pid)) remove(join(tmpdir(), one));
  }
  const folder = mkdtempSync(join(tmpdir(), `milepost-crawls-${process.pid}-`));
  process.on("exit", () => remove(folder));
  return folder;
};

/** Another user's may not be taken away, and then it stays. */
const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // What stays takes room and nothing else.
  }
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};
