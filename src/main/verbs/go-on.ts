import { existsSync } from "node:fs";
import { plural } from "#core/plural.ts";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { holding, noData } from "#main/keep/alone.ts";
import { goOn } from "#main/keep/go-on.ts";
import { unfitDatabase } from "#main/keep/unfit-database.ts";
import { say } from "#main/say.ts";

export const run = async (): Promise<void> => {
  const at = inDataFolder(readConfig().dataDir);
  if (!existsSync(at.database)) throw unfitDatabase(at) ?? noData(at);
  const found = await holding(at, () => goOn(at, Date.now()));
  if (found === null) return say("Everything that was saved can be read. Nothing was changed.");
  say(sentenceFor(found));
  say(`The files as they were are kept as ${found.aside}, with -wal and -shm where there were any.`);
  if (found.mended !== "all")
    say(
      "Steps that ended in that time may run again: look through the runs, and at what they did elsewhere.",
    );
};

const sentenceFor = ({ most, mended }: NonNullable<Awaited<ReturnType<typeof goOn>>>): string => {
  switch (mended) {
    case "all":
      return "Nothing is lost: what was damaged could be put together again from the database and what follows.";
    case "without":
      return `Up to ${plural(most, "change")} are lost: the data are as they were before these.`;
    case "perhaps-mixed":
      return `Up to ${plural(most, "change")} are lost, though parts of these may be there all the same. A backup, if you have a new one, is more to be trusted.`;
    default:
      return mended satisfies never;
  }
};
