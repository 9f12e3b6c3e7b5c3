import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { setPriority, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Fault } from "#core/authored.ts";

const longestMs = 120_000;
const mostOfAFile = 5;
/** It has time: whoever waits for runs has not. */
const lowPriority = 15;

/**
 * What TypeScript says of the files of a folder, where it is at hand: installed there, or beside `besides`. Null: nothing, because it is not,
 * or the folder has no tsconfig.json. While it cannot read one file it says nothing of what others mean; so those that `usable` names, by their
 * paths in the folder, are then looked at by themselves.
 */
export const typeCheck = async (
  folder: string,
  besides: string,
  signal: AbortSignal,
  usable: () => readonly string[] | Promise<readonly string[]>,
): Promise<readonly Fault[] | null> => {
  const program = compilerFor([join(folder, "package.json"), besides]);
  const project = join(folder, "tsconfig.json");
  if (program === null || !existsSync(project)) return null;
  const compile = (config: string) => compiled(program, folder, config, signal);
  const said = await compile(project);
  if (said === null || !unreadable.test(said)) return faultsIn(said);
  const files = (await usable()).filter((file) => file.endsWith("ts"));
  if (files.length === 0 || signal.aborted) return faultsIn(said);
  const apart = await mkdtemp(join(tmpdir(), "milepost-types-"));
  try {
    const config = join(apart, "tsconfig.json");
    await writeFile(config, JSON.stringify(theseOf(folder, project, files)));
    return [...(faultsIn(said) ?? []), ...(faultsIn(await compile(config)) ?? [])];
  } finally {
    await rm(apart, { recursive: true, force: true });
  }
};

/** A project of some files of another one, and of what is declared for all. Types of packages would be looked for beside its own place, so it says where they are. */
const theseOf = (folder: string, project: string, files: readonly string[]) => ({
  extends: project,
  compilerOptions: { typeRoots: aboveIt(folder).map((place) => join(place, "node_modules", "@types")) },
  include: [join(folder, "**/*.d.ts")],
  exclude: [join(folder, "**/node_modules")],
  files: files.map((file) => join(folder, file)),
});

const aboveIt = (folder: string): string[] => {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...aboveIt(above)];
};

/** TypeScript numbers what it cannot read, apart from what it can and finds wrong, from 1000 on. */
const unreadable = /: error TS1\d{3}: /;

/** What the compiler writes about a project; null where it wrote nothing of use. */
const compiled = (
  program: string,
  folder: string,
  config: string,
  signal: AbortSignal,
): Promise<string | null> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, "--noEmit", "--pretty", "false", "--project", config],
      { cwd: folder, signal, timeout: longestMs, maxBuffer: 4 * 1024 * 1024 },
      // It ends with 1 or 2 where it found something, and says where.
      (error, said) => resolve(error === null || faultsIn(said)?.length ? said : null),
    );
    try {
      if (child.pid !== undefined) setPriority(child.pid, lowPriority);
    } catch {
      // It has ended already.
    }
  });

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

const faultsIn = (said: string | null): Fault[] | null => said?.split("\n").flatMap(faultIn) ?? null;

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
