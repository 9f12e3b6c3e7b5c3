import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import type { Fault } from "#core/authored.ts";

const longestMs = 120_000;
const mostOfAFile = 5;
/** It has time: whoever waits for runs has not. */
const lowPriority = 15;

/**
 * What TypeScript says of the files of a folder, where it is at hand: installed there, or beside `besides`. Null: nothing, because it is not,
 * or the folder has no tsconfig.json.
 */
export const typeCheck = (
  folder: string,
  besides: string,
  signal: AbortSignal,
): Promise<readonly Fault[] | null> => {
  const program = compilerFor([join(folder, "package.json"), besides]);
  if (program === null || !existsSync(join(folder, "tsconfig.json"))) return Promise.resolve(null);
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, "--noEmit", "--pretty", "false", "--project", folder],
      { cwd: folder, signal, timeout: longestMs, maxBuffer: 4 * 1024 * 1024 },
      (error, said) => {
        const faults = said.split("\n").flatMap(faultIn);
        // It ends with 1 or 2 where it found something, and says where.
        resolve(error === null || faults.length > 0 ? faults : null);
      },
    );
    try {
      if (child.pid !== undefined) setPriority(child.pid, lowPriority);
    } catch {
      // It has ended already.
    }
  });
};

/** Without those of files that cannot be used anyway, and of each file the first few: one slip makes many. */
export const besidesFaults = (types: readonly Fault[], broken: readonly Fault[]): readonly Fault[] => {
  const byFile = Map.groupBy(types, ({ file }) => file);
  return [...byFile].flatMap(([file, all]) => {
    if (broken.some((one) => one.file === file)) return [];
    const more = all.length - mostOfAFile;
    const sentence = `TypeScript finds ${more} more.`;
    return [...all.slice(0, mostOfAFile), ...(more > 0 ? [{ file, line: null, sentence }] : [])];
  });
};

const faultIn = (line: string): Fault[] => {
  const [, file = "", at, words = ""] = /^([^(:]+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line) ?? [];
  return file === "" || file.startsWith("..") || file.startsWith("/")
    ? []
    : [{ file: file.replaceAll("\\", "/"), line: Number(at), sentence: `TypeScript: ${words}` }];
};

const compilerFor = (places: readonly string[]): string | null => {
  for (const place of places) {
    try {
      const manifest = createRequire(place).resolve("typescript/package.json");
      const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { tsc: string } };
      return join(dirname(manifest), bin.tsc);
    } catch {
      // Not there.
    }
  }
  return null;
};
