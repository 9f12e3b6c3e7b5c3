import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "#core/errors.ts";
import { standBelow } from "#core/route.ts";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { say } from "#main/say.ts";
import { signInAddress } from "#main/sign-in-address.ts";
import { createEndings } from "#people/endings.ts";
import { createSignIn } from "#people/sign-in.ts";
import { isInUse } from "#store/sqlite/only-server.ts";
import { openBeside } from "#store/sqlite/open.ts";

/** Prints a link that signs in whoever opens it first, as the start of the server does. */
export const run = async (): Promise<void> => {
  const { folder, database, address } = inDataFolder(readConfig().dataDir);
  if (!isInUse(database))
    throw new AppError(
      "conflict",
      `No Milepost server is running on ${folder}. Start one, which prints a link too, or say with MILEPOST_DATA where its data are.`,
    );
  const random = (n: number) => randomBytes(n);
  const store = openBeside({ file: database, now: Date.now, random });
  try {
    const clock = { now: Date.now };
    const secret = await createSignIn({
      accounts: store.accounts,
      endings: createEndings(),
      clock,
      random,
    }).newLink();
    const where = new URL((await readFile(address, "utf8")).trim());
    standBelow(where.pathname);
    say(signInAddress(where.href, secret));
  } finally {
    await store.close();
  }
};
