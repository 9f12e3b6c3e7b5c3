import { readFile, writeFile } from "node:fs/promises";
import type { Files, LongLines } from "#core/files.ts";

/** Long lines as files, a folder for each run. */
export const createLongLines = (files: Pick<Files, "place" | "remove">, newId: () => string): LongLines => ({
  keep: async (runId, text) => {
    const name = `${runId}/${newId()}.txt`;
    await writeFile(await files.place(name), text, { mode: 0o600 });
    return name;
  },
  read: async (name) => {
    try {
      return await readFile(await files.place(name), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  },
  forget: (runId) => files.remove(runId),
});
