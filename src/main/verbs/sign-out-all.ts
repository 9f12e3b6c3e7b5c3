import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import { askToSignOutAll, atTerminal } from "#main/asked-to-sign-out.ts";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { assertLogWhole } from "#main/keep/lost-log.ts";
import { isInUse, openBeside } from "#main/open-store.ts";
import { say } from "#main/say.ts";
import { createEndings } from "#people/endings.ts";
import { createSignIn } from "#people/sign-in.ts";

const patienceMs = 15_000;

/** Ends every session and every sign-in link, whether or not the server runs. */
export const run = async (): Promise<void> => {
  const { dataDir, database } = readConfig();
  const at = inDataFolder(dataDir);
  if (database === null && !existsSync(at.database))
    throw new AppError(
      "not-found",
      `There are no data of Milepost in ${at.folder}. Say with MILEPOST_DATA where they are.`,
    );
  if (database === null) assertLogWhole(at.database);
  if (!(await isInUse(at, database))) await signOutAll(await openBeside(at, database));
  else if (!(await askToSignOutAll(at, patienceMs)))
    throw new AppError(
      "conflict",
      "The server did not sign everybody out yet. Stop it and start it again: it does so before it lets anybody in.",
    );
  say("Every browser is signed out, and links that nobody used yet no longer work. API tokens stay.");
  say("“milepost sign-in” prints a new link.");
};

const signOutAll = async ({ store, clock }: Awaited<ReturnType<typeof openBeside>>): Promise<void> => {
  const random = (n: number) => randomBytes(n);
  try {
    await createSignIn({ accounts: store.accounts, endings: createEndings(), clock, random }).endAll(
      null,
      atTerminal,
      null,
    );
  } finally {
    await store.close();
  }
};
