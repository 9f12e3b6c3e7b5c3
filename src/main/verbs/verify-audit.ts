import { existsSync } from "node:fs";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { noData } from "#main/keep/alone.ts";
import { assertLogWhole } from "#main/keep/lost-log.ts";
import { verifySaved } from "#main/keep/verify-audit.ts";
import { say } from "#main/say.ts";
import { type Verified, verifyAudit } from "#store/sqlite/audit-faults.ts";

export const run = async (file?: string): Promise<void> => {
  const at = inDataFolder(readConfig().dataDir);
  if (file === undefined && !existsSync(at.database)) throw noData(at);
  assertLogWhole(at.database);
  const { found, goesOnHere } =
    file === undefined ? { found: verifyAudit(at.database), goesOnHere: null } : await verifySaved(at, file);
  for (const sentence of sentencesFor(found)) say(sentence);
  if (goesOnHere === true) say("The audit in the data folder goes on from there.");
  if (goesOnHere === false)
    say(
      `The audit in ${at.database} does not go on from there: what it holds up to that entry is not what was saved.`,
    );
  if (found.broken !== null || goesOnHere === false) process.exitCode = 1;
};

const sentencesFor = ({ entries, last, broken }: Verified): string[] => {
  if (entries === 0) return ["The audit has no entry yet."];
  const whole =
    last === null
      ? []
      : [
          broken === null
            ? `Looked at ${entries} ${entries === 1 ? "entry" : "entries"} of the audit: each follows from the one before.`
            : `Up to number ${last.seq} each entry follows from the one before.`,
          `Number ${last.seq}, of ${new Date(last.at).toISOString()}, has the hash ${last.hash}.`,
        ];
  if (broken === null) return whole;
  return [
    ...whole,
    `Number ${broken.seq}, of ${new Date(broken.at).toISOString()}, does not: it or one before it was changed, removed or added by something else than Milepost.`,
  ];
};
