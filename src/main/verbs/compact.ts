import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { compact } from "#main/keep/compact.ts";
import { say } from "#main/say.ts";

const mb = (bytes: number): string => (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 });

export const run = async (): Promise<void> => {
  const { beforeBytes, afterBytes } = await compact(inDataFolder(readConfig().dataDir));
  say(`The database took ${mb(beforeBytes)} MB and takes ${mb(afterBytes)} MB now.`);
};
