import { randomBytes } from "node:crypto";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { aloneWith } from "#main/keep/alone.ts";
import { forgetSecrets } from "#main/keep/rotate.ts";
import { say } from "#main/say.ts";

export const run = async (): Promise<void> => {
  const { dataDir, database, key } = readConfig();
  const at = inDataFolder(dataDir);
  const count = await aloneWith(at, database, (plain) =>
    forgetSecrets({ at, plain, given: key, random: (n) => randomBytes(n) }),
  );
  say(
    count === 0
      ? "The key opens every secret; nothing was forgotten."
      : `${count} secrets that the key did not open are forgotten. Enter those of your connections again.`,
  );
};
