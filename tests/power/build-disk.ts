import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freshFolder } from "../store/fresh-folder.ts";

/** Builds what stands between a program and its disk (`disk.c`); gives the library for LD_PRELOAD. */
export const buildDisk = (): string => {
  const library = join(freshFolder(), "disk.so");
  const source = fileURLToPath(new URL("disk.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  return library;
};
