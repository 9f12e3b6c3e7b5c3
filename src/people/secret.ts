import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "#core/id.ts";

/** A secret that nobody guesses: 256 bits in URL-safe base64. */
export const newSecret = (random: Random): string => Buffer.from(random(32)).toString("base64url");

/**
 * What is kept of a secret. Ours are random and long, so one round of sha256 is as good as a slow hash;
 * comparing hashes tells nothing about the secret through time either.
 */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Compares two secrets in the same time whatever they are. */
export const sameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
