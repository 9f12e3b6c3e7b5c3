import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { AppError } from "#core/errors.ts";
import type { Random } from "#core/id.ts";
import type { Secrets } from "#core/secrets.ts";

/**
 * Seals short texts at rest with AES-256-GCM (NIST SP 800-38D). `owner` is bound in as associated data: what was sealed for one
 * connection cannot be opened as another's.
 */
export type Seal = Secrets;

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

// The version stands in front, so that a later format can be told from this one.
const version = "v1";

export const createSeal = (key: Uint8Array, random: Random): Seal => {
  if (key.length !== keyBytes) throw new Error(`The key must have ${keyBytes} bytes, not ${key.length}.`);
  return {
    seal: (text, owner) => {
      const nonce = random(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(associated(owner));
      const body = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${version}.${body.toString("base64url")}`;
    },
    open: (sealed, owner) => {
      try {
        return openBody(sealed, owner, key);
      } catch (cause) {
        throw new AppError(
          "conflict",
          "A stored secret cannot be opened: the key file or the stored data is not the one it was sealed with. Enter the secret again.",
          { cause },
        );
      }
    },
  };
};

/** A name for a key that does not tell it: eight hexadecimal digits. */
export const nameOf = (key: Uint8Array): string =>
  createHmac("sha256", key).update("milepost").digest("hex").slice(0, 8);

/** Reads the key file; makes it, readable by its owner only, when it is not there. */
export const openKeyFile = async (path: string, random: Random): Promise<Uint8Array> => {
  const there = await readKey(path);
  if (there !== null) return there;
  // Written whole under another name first: a crash must not leave half a key, and of two first starts one wins.
  const draft = `${path}.${Buffer.from(random(6)).toString("hex")}`;
  await writeNew(draft, random(keyBytes));
  try {
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readKey(path);
  if (made === null) throw new Error(`The key file ${path} vanished while it was made.`);
  return made;
};

const associated = (owner: string): Buffer => Buffer.from(`milepost:${version}:${owner}`);

const openBody = (sealed: string, owner: string, key: Uint8Array): string => {
  const [format, text] = sealed.split(".");
  if (format !== version || text === undefined) throw new Error(`unknown format of a sealed text: ${format}`);
  const body = Buffer.from(text, "base64url");
  const tagAt = body.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, body.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated(owner));
  decipher.setAuthTag(body.subarray(tagAt));
  return Buffer.concat([decipher.update(body.subarray(nonceBytes, tagAt)), decipher.final()]).toString(
    "utf8",
  );
};

const readKey = async (path: string): Promise<Uint8Array | null> => {
  try {
    const key = await readFile(path);
    if (key.length === keyBytes) return key;
    throw new Error(
      `The key file ${path} has ${key.length} bytes instead of ${keyBytes}: it is damaged. Put the right one back, from a backup for example. If it is lost for good, move this one away and run “milepost forget-secrets”.`,
    );
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
};

const writeNew = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
