import { existsSync } from "node:fs";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { noData } from "#main/keep/alone.ts";
import { goBack } from "#main/keep/before-upgrade.ts";
import { say } from "#main/say.ts";
import { holdAlone } from "#store/sqlite/only-server.ts";

export const run = async (): Promise<void> => {
  const at = inDataFolder(readConfig().dataDir);
  if (!existsSync(at.folder)) throw noData(at);
  const held = holdAlone(at.database);
  try {
    const { from, aside } = await goBack(at, Date.now());
    say(`The database is again what was saved as ${from}. What happened since then is not in it.`);
    say(`The one that was here is kept as ${aside}.`);
  } finally {
    held.release();
  }
};
