import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { ontoDisk } from "#apps/onto-disk.ts";
import { createSeal, openKeyFile } from "#connections/seal.ts";
import type { Random } from "#core/id.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { sealAnew, sealedIn } from "#store/sqlite/sealed.ts";
import { openKey, opens } from "./key.ts";

interface Rotation {
  at: DataFolder;
  /** The key from the environment that holds now, and the one that shall; null: the one in the data folder. */
  given: Uint8Array | null;
  next: Uint8Array | null;
  random: Random;
}

/** Seals every secret with another key; gives how many. Nobody else may use the data. What it leaves when it is cut off is whole. */
export const rotateKey = async ({ at, given, next, random }: Rotation): Promise<number> => {
  const old = createSeal(
    await openKey({ at, given, random, kept: { sealed: sealedIn(at.database), where: at.database } }),
    random,
  );
  const fresh = createSeal(next ?? (await openKeyFile(at.nextKey, random)), random);
  ontoDisk(at.folder);
  const count = sealedIn(at.database).length;
  sealAnew(
    at.database,
    // One that was damaged before stays as it is: it is told where it is used.
    (sealed) =>
      opens(old, sealed) ? fresh.seal(old.open(sealed.text, sealed.owner), sealed.owner) : sealed.text,
    (owner) => fresh.seal("{}", owner),
  );
  if (next === null) await rename(at.nextKey, at.key);
  else await rm(at.key, { force: true });
  ontoDisk(at.folder);
  return count;
};

/** Forgets every secret that the key does not open; gives how many. A key that is missing is made. */
export const forgetSecrets = async ({ at, given, random }: Omit<Rotation, "next">): Promise<number> => {
  const seal = createSeal(given ?? (await openKeyFile(at.key, random)), random);
  const lost = sealedIn(at.database).filter((one) => !opens(seal, one));
  if (lost.length > 0)
    sealAnew(
      at.database,
      (sealed) => (opens(seal, sealed) ? sealed.text : null),
      (owner) => seal.seal("{}", owner),
    );
  if (existsSync(at.nextKey)) await rm(at.nextKey);
  return lost.length;
};
