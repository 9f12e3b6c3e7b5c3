import { resolve } from "node:path";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { backUp } from "#main/keep/backup.ts";
import { say } from "#main/say.ts";
import { version } from "#main/version.ts";

export const run = async (file = ""): Promise<void> => {
  const { dataDir, key } = readConfig();
  const { about, backups } = await backUp({
    at: inDataFolder(dataDir),
    file: resolve(file),
    version,
    givenKey: key,
  });
  const bytes = about.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  say(
    `${resolve(file)} holds ${about.files.length} files (${Math.ceil(bytes / 1000).toLocaleString("en")} kB) and was read back.`,
  );
  if (about.key === "inside") say("The key is in it: whoever has the backup can open all secrets.");
  else say("The key is not in it: keep MILEPOST_KEY apart, without it the secrets are lost.");
  const noFiles = about.leftOut.filter((path) => !backups.includes(path));
  if (noFiles.length > 0) say(`Left out, because they are no files: ${noFiles.join(", ")}`);
  if (backups.length > 0) say(`Left out, because they are backups: ${backups.join(", ")}`);
  if (resolve(file).startsWith(`${resolve(dataDir)}/`))
    say("It lies in the data folder, with which it would be lost: move it to another disk.");
};
