import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { createSeal, openKeyFile, type Seal } from "#connections/seal.ts";
import { AppError } from "#core/errors.ts";
import type { Random } from "#core/id.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { createPushKeys } from "#notify/push-keys.ts";
import type { Sealed } from "#store/sealed.ts";

interface KeyOptions {
  at: DataFolder;
  /** From the environment; null: the key lies with the data. */
  given: Uint8Array | null;
  random: Random;
  /** What it has to open, and where that is. */
  kept: { sealed: readonly Sealed[]; where: string };
}

/**
 * The key of a data folder. At the very first start it is made; after that one that is missing, or is another one than the secrets were
 * sealed with, is told and never replaced. Ends a change of the key that was cut off.
 */
export const openKey = async ({ at, given, random, kept }: KeyOptions): Promise<Uint8Array> => {
  const { sealed, where } = kept;
  if (given !== null) return assertFits(given, kept, "the one in MILEPOST_KEY");
  await endChange(at, sealed, random);
  if (sealed.length > 0 && !existsSync(at.key))
    throw new AppError(
      "conflict",
      `The key ${at.key} is missing, and with it the secrets in ${where} cannot be opened. Put it back from where these data came from, or from a backup. If it is lost for good, “milepost forget-secrets” makes a new one, and the secrets have to be entered again.`,
    );
  return assertFits(await openKeyFile(at.key, random), kept, at.key);
};

/**
 * Several processes have one key, also before anybody has entered a secret: they share the keys of push messages, which whoever needs them first
 * makes and seals. Throws AppError("conflict").
 */
export const assertShared = async (
  table: Parameters<typeof createPushKeys>[0],
  seal: Seal,
): Promise<void> => {
  try {
    await createPushKeys(table, seal)();
  } catch (error) {
    if (!(error instanceof AppError && error.code === "conflict")) throw error;
    throw new AppError(
      "conflict",
      "Another process over this database was started with another key than this one. Give the same MILEPOST_KEY to all of them.",
    );
  }
};

/** Whether a key opens what was sealed; one that opens some of it is the right one. */
export const opensAny = (key: Uint8Array, sealed: readonly Sealed[], random: Random): boolean => {
  const seal = createSeal(key, random);
  return sealed.length === 0 || sealed.some((one) => opens(seal, one));
};

export const opens = (seal: Seal, { text, owner }: Sealed): boolean => {
  try {
    seal.open(text, owner);
    return true;
  } catch {
    return false;
  }
};

const noRandom: Random = () => new Uint8Array();

const assertFits = (key: Uint8Array, { sealed, where }: KeyOptions["kept"], name: string): Uint8Array => {
  if (opensAny(key, sealed, noRandom)) return key;
  throw new AppError(
    "conflict",
    `The key is not the one that the secrets in ${where} were sealed with (it is ${name}). Put the right one back. If it is lost for good, “milepost forget-secrets” lets this one be the key, and the secrets have to be entered again.`,
  );
};

// The new key is written first, then everything is sealed anew in one commit, then it takes the old one's name.
const endChange = async (at: DataFolder, sealed: readonly Sealed[], random: Random): Promise<void> => {
  if (!existsSync(at.nextKey)) return;
  const next = await readFile(at.nextKey);
  const isChanged = next.length === 32 && sealed.length > 0 && opensAny(next, sealed, random);
  if (isChanged) await rename(at.nextKey, at.key);
  else await rm(at.nextKey);
};
