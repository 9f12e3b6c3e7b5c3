import { resolve } from "node:path";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { restore } from "#main/keep/restore.ts";
import { say } from "#main/say.ts";

export const run = async (file = ""): Promise<void> => {
  const { dataDir, key } = readConfig();
  const { version, madeAt, files } = await restore(inDataFolder(dataDir), resolve(file), key);
  say(`${dataDir} is as it was at ${madeAt} (Milepost ${version}): ${files.length} files, each compared.`);
  say("Start only one server from this backup: two would both go on with the same runs.");
};
