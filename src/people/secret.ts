import { hash } from "node:crypto";
import type { Random } from "#core/id.ts";

/** A secret that nobody guesses: 256 bits in URL-safe base64. */
export const newSecret = (random: Random): string => Buffer.from(random(32)).toString("base64url");

/**
 * What is kept of a secret. Ours are random and long, so one round of sha256 is as good as a slow hash;
 * comparing hashes tells nothing about the secret through time either.
 */
export const hashOf = (secret: string): string => hash("sha256", secret, "hex");

/** Whoever is signed in brings the same secret with each request. */
const mostRemembered = 1_000;

/** `hashOf`, of which the last answers are remembered. */
export const rememberedHashes = (): typeof hashOf => {
  const known = new Map<string, string>();
  return (secret) => {
    const there = known.get(secret);
    if (there !== undefined) return there;
    const made = hashOf(secret);
    // Strangers may send what they like, but fill no memory.
    if (secret.length > 100) return made;
    if (known.size >= mostRemembered) known.clear();
    known.set(secret, made);
    return made;
  };
};
