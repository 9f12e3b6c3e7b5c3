import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { holding } from "#main/keep/alone.ts";
import { goBack } from "#main/keep/before-upgrade.ts";
import { say } from "#main/say.ts";

export const run = async (): Promise<void> => {
  const at = inDataFolder(readConfig().dataDir);
  const { from, aside } = await holding(at, () => goBack(at, Date.now()));
  say(`The database is again what was saved as ${from}. What happened since then is not in it.`);
  say(`The one that was here is kept as ${aside}.`);
};
