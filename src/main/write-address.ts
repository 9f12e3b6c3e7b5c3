import { readFile, rm, writeFile } from "node:fs/promises";
import type { DataFolder } from "./data-folder.ts";

/** Writes where people reach this server into its data folder, where other programs look for it, until it is taken away: unless another one has written there since. */
export const writeAddress = async (
  { address: file }: DataFolder,
  address: string,
): Promise<{ takeAway(): Promise<void> }> => {
  const text = `${address}\n`;
  await writeFile(file, text, { mode: 0o600 });
  return {
    takeAway: async () => {
      if ((await readFile(file, "utf8").catch(() => "")) === text) await rm(file, { force: true });
    },
  };
};
