import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "#core/errors.ts";
import { standBelow } from "#core/route.ts";
import { readConfig } from "#main/config.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { isInUse, openBeside } from "#main/open-store.ts";
import { say } from "#main/say.ts";
import { signInAddress } from "#main/sign-in-address.ts";
import { createEndings } from "#people/endings.ts";
import { createSignIn } from "#people/sign-in.ts";

/** Prints a link that signs in whoever opens it first, as the start of the server does. */
export const run = async (): Promise<void> => {
  const { dataDir, database, publicUrls } = readConfig();
  const at = inDataFolder(dataDir);
  const { folder, address } = at;
  if (!(await isInUse(at, database)))
    throw new AppError(
      "conflict",
      `No Milepost server is running on ${folder}. Start one, which prints a link too, or say with MILEPOST_DATA where its data are.`,
    );
  const random = (n: number) => randomBytes(n);
  const { store, clock } = await openBeside(at, database);
  try {
    const written = await readFile(address, "utf8").catch(() => publicUrls[0]?.href);
    if (written === undefined)
      throw new AppError(
        "conflict",
        `Nothing in ${folder} says any more where people reach Milepost: the process that wrote it there has ended. Say it with MILEPOST_URL, or start that one again.`,
      );
    const secret = await createSignIn({
      accounts: store.accounts,
      endings: createEndings(),
      clock,
      random,
    }).newLink();
    const where = new URL(written.trim());
    standBelow(where.pathname);
    say(signInAddress(where.href, secret));
  } finally {
    await store.close();
  }
};
