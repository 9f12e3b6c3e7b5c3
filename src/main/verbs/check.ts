import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { say } from "#main/say.ts";

export const run = async (): Promise<void> => {
  const { dataDir, key } = readConfig();
  const { faults, looked } = await check(inDataFolder(dataDir), key);
  for (const fault of faults) say(fault);
  say(
    `Looked at ${looked}. ${faults.length === 0 ? "All is as it should be." : `Faults: ${faults.length}.`}`,
  );
  if (faults.length > 0) process.exitCode = 1;
};
