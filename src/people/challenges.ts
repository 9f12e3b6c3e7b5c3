import type { Accounts } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";
import type { Secrets } from "#core/secrets.ts";
import { hashOf } from "./secret.ts";

/** Somebody has this long to touch a key, or to sign in elsewhere and come back. */
export const challengeTtlMs = 10 * 60_000;

/**
 * What a browser is given and has to bring back: each is good for one purpose, for a short time, and once. Nothing is kept of those that never
 * come back, so that whoever is not signed in cannot fill anything.
 */
export interface Challenges {
  /** A text that nobody else can make, and that nobody else reads `about` from. What is good for longer than usual cannot be spent. */
  make(purpose: string, about?: string, lastsMs?: number): string;
  /** What it is about; null when it is not of ours, of another purpose, or too old. */
  read(challenge: string, purpose: string): string | null;
  /** False when it was brought back before. */
  spend(challenge: string): Promise<boolean>;
}

export interface ChallengeDeps {
  accounts: Pick<Accounts, "spend">;
  secrets: Secrets;
  clock: Pick<Clock, "now">;
}

export const createChallenges = ({ accounts, secrets, clock }: ChallengeDeps): Challenges => ({
  make: (purpose, about = "", lastsMs = challengeTtlMs) =>
    secrets.seal(`${clock.now() + lastsMs} ${about}`, ownerOf(purpose)),
  read: (challenge, purpose) => {
    const text = opened(secrets, challenge, purpose);
    if (text === null) return null;
    const at = text.indexOf(" ");
    return Number(text.slice(0, at)) > clock.now() ? text.slice(at + 1) : null;
  },
  // None outlives this, whenever it was made.
  spend: (challenge) => accounts.spend(hashOf(challenge), clock.now() + challengeTtlMs, clock.now()),
});

const ownerOf = (purpose: string): string => `challenge/${purpose}`;

const opened = (secrets: Secrets, challenge: string, purpose: string): string | null => {
  try {
    return secrets.open(challenge, ownerOf(purpose));
  } catch {
    return null;
  }
};
