import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

/** Which version each file was used in, so that one that cannot be used as it is now is there after a restart too. */
export interface Used {
  read(): Promise<ReadonlyMap<string, string>>;
  write(used: ReadonlyMap<string, string>): Promise<void>;
}

const shape = z.record(z.string(), z.string());

export const createUsed = (file: string): Used => ({
  read: async () => {
    const text = await readFile(file, "utf8").catch(() => "{}");
    try {
      return new Map(Object.entries(shape.parse(JSON.parse(text))));
    } catch {
      return new Map();
    }
  },
  write: async (used) => {
    // Another process of the same data may be writing it too.
    const part = `${file}.${randomUUID()}.part`;
    await writeFile(part, JSON.stringify(Object.fromEntries(used), null, 1), { mode: 0o600, flush: true });
    await rename(part, file);
  },
});
