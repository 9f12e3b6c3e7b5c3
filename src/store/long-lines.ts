import { writeFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import type { Files, LongLines } from "#core/files.ts";

/** Long lines as files, a folder for each run. */
export const createLongLines = (
  files: Pick<Files, "place" | "keep" | "size" | "open" | "remove">,
  newId: () => string,
): LongLines => ({
  keep: async (runId, text) => {
    const name = `${runId}/${newId()}.txt`;
    await writeFile(await files.place(name), text, { mode: 0o600 });
    await files.keep(name);
    return name;
  },
  read: async (name) => {
    const size = await files.size(name);
    if (size === null) return null;
    return size === 0 ? "" : textOf(files.open(name, 0, size - 1));
  },
  forget: (runId) => files.remove(runId),
});
