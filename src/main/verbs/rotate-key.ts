import { randomBytes } from "node:crypto";
import { AppError } from "#core/errors.ts";
import { readConfig, readNewKey } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { aloneWith } from "#main/keep/alone.ts";
import { rotateKey } from "#main/keep/rotate.ts";
import { say } from "#main/say.ts";

export const run = async (): Promise<void> => {
  const { dataDir, database, key } = readConfig();
  const next = readNewKey();
  if (key !== null && next === null)
    throw new AppError(
      "bad-input",
      "The key is given by MILEPOST_KEY, so give the new one by MILEPOST_NEW_KEY; “openssl rand -base64 32” makes one.",
    );
  const at = inDataFolder(dataDir);
  const count = await aloneWith(at, database, (plain) =>
    rotateKey({ at, plain, given: key, next, random: (n) => randomBytes(n) }),
  );
  say(
    `${count} secrets are sealed with the new key. People have to sign in again, and backups from before need the old one.`,
  );
  if (next !== null) say("Start Milepost with the new key as MILEPOST_KEY.");
};
