import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Texts } from "./loader.ts";

/** A workflow's code: the file that defines it, and the texts of all that it leads to, itself among them. */
export interface Code {
  entry: string;
  texts: Texts;
}

/** The copies of workflows' code that runs go on with, each in a folder named after what is in it. */
export interface Copies {
  /** Keeps it for good; gives what it is known by. Wholly or not at all, whenever the process dies. */
  keep(code: Code): Promise<string>;
  /** What is kept under this name; null when it is not there or no longer what it was. */
  read(name: string): Promise<Code | null>;
  /** Removes what nobody names any more, and what was begun and not ended. */
  removeBut(isNamed: (name: string) => Promise<boolean>): Promise<void>;
}

export const createCopies = (folder: string): Copies => {
  const read = async (name: string): Promise<Code | null> => {
    const { [entryFile]: entry = "", ...texts } = await textsIn(join(folder, name)).catch((): Texts => ({}));
    return nameOf({ entry, texts }) === name ? { entry, texts } : null;
  };
  return {
    read,
    keep: async (code) => {
      const name = nameOf(code);
      if ((await read(name)) !== null) return name;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const part = await mkdtemp(join(folder, partial));
      for (const [path, text] of Object.entries({ ...code.texts, [entryFile]: code.entry }))
        await write(join(part, path), text);
      await syncFolders(part);
      await rename(part, join(folder, name)).catch(async () => {
        // Another process of the same data was faster.
        if ((await read(name)) !== null) return rm(part, { recursive: true });
        // One that a crash left with other contents.
        await rm(join(folder, name), { recursive: true, force: true });
        await rename(part, join(folder, name));
      });
      await sync(folder);
      return name;
    },
    removeBut: async (isNamed) => {
      if (!existsSync(folder)) return;
      for (const name of await readdir(folder))
        if (name.startsWith(partial) ? await isLeft(join(folder, name)) : !(await isNamed(name)))
          await rm(join(folder, name), { recursive: true, force: true });
    },
  };
};

const partial = ".part-";
const writtenWithinMs = 600_000;

/** Another process of the same data may be writing a younger one. */
const isLeft = async (part: string): Promise<boolean> => {
  const there = await stat(part).catch(() => null);
  return there !== null && Date.now() - there.mtimeMs > writtenWithinMs;
};

/** No file of a workflow begins with a dot. */
const entryFile = ".entry";

/** 80 bits of them: nobody makes two on purpose who could not write the folder anyway. */
export const nameOf = ({ entry, texts }: Code): string => {
  const hash = createHash("sha256").update(JSON.stringify(entry));
  for (const path of Object.keys(texts).sort()) hash.update(JSON.stringify([path, texts[path]])).update("\n");
  return hash.digest("hex").slice(0, 20);
};

const write = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const sync = async (folder: string): Promise<void> => {
  // Windows syncs no folders.
  if (sep === "\\") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const syncFolders = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  await sync(folder);
};

const textsIn = async (folder: string): Promise<Texts> => {
  const texts: Texts = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    texts[relative(folder, file).replaceAll(sep, "/")] = await readFile(file, "utf8");
  }
  return texts;
};
