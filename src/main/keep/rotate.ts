import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { ontoDisk } from "#apps/onto-disk.ts";
import { createSeal, openKeyFile } from "#connections/seal.ts";
import type { Random } from "#core/id.ts";
import type { DataFolder } from "#main/data-folder.ts";
import type { Plain } from "#store/plain.ts";
import { sealAnew, sealedIn } from "#store/sealed.ts";
import { openKey, opens } from "./key.ts";

interface Rotation {
  at: DataFolder;
  /** The database, which nobody else uses. */
  plain: Plain;
  /** The key from the environment that holds now, and the one that shall; null: the one in the data folder. */
  given: Uint8Array | null;
  next: Uint8Array | null;
  random: Random;
}

/** Seals every secret with another key; gives how many that people entered. What it leaves when it is cut off is whole. */
export const rotateKey = async ({ at, plain, given, next, random }: Rotation): Promise<number> => {
  const sealed = await sealedIn(plain);
  const old = createSeal(await openKey({ at, given, random, kept: { sealed, where: plain.called } }), random);
  const fresh = createSeal(next ?? (await openKeyFile(at.nextKey, random)), random);
  ontoDisk(at.folder);
  await sealAnew(
    plain,
    // One that was damaged before stays as it is: it is told where it is used.
    (one) => (opens(old, one) ? fresh.seal(old.open(one.text, one.owner), one.owner) : one.text),
    (owner) => fresh.seal("{}", owner),
  );
  if (next === null) await rename(at.nextKey, at.key);
  else await rm(at.key, { force: true });
  ontoDisk(at.folder);
  return sealed.length;
};

/** Forgets every secret that the key does not open; gives how many that people entered. A key that is missing is made. */
export const forgetSecrets = async ({
  at,
  plain,
  given,
  random,
}: Omit<Rotation, "next">): Promise<number> => {
  const seal = createSeal(given ?? (await openKeyFile(at.key, random)), random);
  const lost = (await sealedIn(plain)).filter((one) => !opens(seal, one));
  await sealAnew(
    plain,
    (one) => (opens(seal, one) ? one.text : null),
    (owner) => seal.seal("{}", owner),
  );
  if (existsSync(at.nextKey)) await rm(at.nextKey);
  return lost.length;
};
