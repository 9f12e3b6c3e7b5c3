import type { Accounts, Identity, Session } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";
import { newId, type Random } from "#core/id.ts";
import { hashOf, newSecret } from "./secret.ts";

/** A sign-in link works this long, and once. */
export const linkTtlMs = 15 * 60_000;
/** A session ends when it was not used for this long. */
export const sessionTtlMs = 30 * 24 * 3_600_000;
/** The last use of a session is written at most this often. */
const touchEveryMs = 60_000;

/** Everybody who opens a sign-in link is the one person who owns this server. */
const ownerName = "Owner";

export interface SignInDeps {
  accounts: Accounts;
  clock: Pick<Clock, "now">;
  random: Random;
}

/** One-time links and the sessions that they open. Secrets go out once and are kept as hashes. */
export interface SignIn {
  /** The secret of a new sign-in link. */
  newLink(): Promise<string>;
  /** The secret of a new session for a link's secret; null when the link was used, is too old, or never was. */
  useLink(secret: string): Promise<string | null>;
  /** A session for a token, so that a browser may use it too; it ends with the token. */
  openSession(userName: string, tokenId: string | null): Promise<string>;
  identify(sessionSecret: string): Promise<Identity | null>;
  end(sessionId: string): Promise<void>;
}

export const createSignIn = ({ accounts, clock, random }: SignInDeps): SignIn => {
  const openSession = async (userName: string, tokenId: string | null): Promise<string> => {
    const secret = newSecret(random);
    const now = clock.now();
    const id = newId(now, random);
    const session = { id, userName, tokenId, createdAt: now, lastSeenAt: now, expiresAt: now + sessionTtlMs };
    await accounts.addSession(session, hashOf(secret));
    await accounts.audit({ at: now, by: userName, did: "signed in", target: `session ${id}` });
    return secret;
  };
  return {
    openSession,
    newLink: async () => {
      const secret = newSecret(random);
      await accounts.addSignInLink(hashOf(secret), clock.now() + linkTtlMs);
      return secret;
    },
    useLink: async (secret) =>
      (await accounts.useSignInLink(hashOf(secret), clock.now())) ? openSession(ownerName, null) : null,
    identify: async (sessionSecret) => {
      const now = clock.now();
      const session = await accounts.session(hashOf(sessionSecret), now);
      if (session === null) return null;
      if (isStale(session, now)) await accounts.touchSession(session.id, now, now + sessionTtlMs);
      return { kind: "session", name: session.userName, sessionId: session.id, tokenId: session.tokenId };
    },
    end: (sessionId) => accounts.endSession(sessionId),
  };
};

const isStale = (session: Session, now: number): boolean => now - session.lastSeenAt >= touchEveryMs;
