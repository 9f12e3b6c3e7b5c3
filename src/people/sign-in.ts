import type { Accounts, Identity, Session } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import type { Whence } from "./device.ts";
import type { Endings } from "./endings.ts";
import { hashOf, newSecret } from "./secret.ts";

/** A sign-in link works this long, and once. */
export const linkTtlMs = 15 * 60_000;
/** A session ends when it was not used for this long. */
export const sessionTtlMs = 30 * 24 * 3_600_000;
/** A session ends this long after it began, however much it is used. */
export const longestSessionMs = 90 * 24 * 3_600_000;
/** The last use of a session is written at most this often. */
const touchEveryMs = 60_000;

/** Everybody who opens a sign-in link is the one person who owns this server. */
const ownerName = "Owner";
const ownerId = "owner";

export interface SignInDeps {
  accounts: Accounts;
  endings: Pick<Endings, "tell">;
  clock: Pick<Clock, "now">;
  random: Random;
}

/** One-time links and the sessions that they open. Secrets go out once and are kept as hashes. */
export interface SignIn {
  /** The secret of a new sign-in link. */
  newLink(ttlMs?: number): Promise<string>;
  /** The secret of a new session for a link's secret; null when the link was used, is too old, or never was. */
  useLink(secret: string, whence: Whence): Promise<string | null>;
  /** A session for a token, so that a browser may use it too; it ends with the token. */
  openSession(userName: string, tokenId: string | null, whence: Whence): Promise<string>;
  identify(sessionSecret: string): Promise<Identity | null>;
  /** Those that let somebody in, the one that was used last first. */
  sessions(): Promise<Session[]>;
  /** Ends one. What was held open for it is closed by then. Throws AppError("not-found"). */
  end(sessionId: string, by: Actor): Promise<void>;
  /** Ends all but this one (null: all), and the links that nobody used yet; how many sessions they were. */
  endAll(but: string | null, by: Actor): Promise<number>;
}

export const createSignIn = ({ accounts, endings, clock, random }: SignInDeps): SignIn => {
  const openSession: SignIn["openSession"] = async (userName, tokenId, { device, place }) => {
    const secret = newSecret(random);
    const now = clock.now();
    const session = {
      id: newId(now, random),
      userName,
      tokenId,
      device,
      place,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + sessionTtlMs,
    };
    await accounts.addSession(session, hashOf(secret));
    const by = actorOf(userName, tokenId);
    await accounts.audit({ at: now, by, did: "signed in", target: named(session) });
    return secret;
  };
  return {
    openSession,
    newLink: async (ttlMs = linkTtlMs) => {
      const secret = newSecret(random);
      await accounts.addSignInLink(hashOf(secret), clock.now() + ttlMs);
      return secret;
    },
    useLink: async (secret, whence) =>
      (await accounts.useSignInLink(hashOf(secret), clock.now()))
        ? openSession(ownerName, null, whence)
        : null,
    identify: async (sessionSecret) => {
      const now = clock.now();
      const session = await accounts.session(hashOf(sessionSecret), now);
      if (session === null) return null;
      if (isStale(session, now)) await accounts.touchSession(session.id, now, endOf(session, now));
      return {
        kind: "session",
        name: session.userName,
        by: actorOf(session.userName, session.tokenId),
        sessionId: session.id,
        tokenId: session.tokenId,
        scope: session.scope,
      };
    },
    sessions: () => accounts.sessions(clock.now()),
    end: async (sessionId, by) => {
      const ended = await accounts.endSession(sessionId);
      if (ended === null)
        throw new AppError("not-found", "There is no such session; it may have ended already.");
      endings.tell([sessionId]);
      await accounts.audit({ at: clock.now(), by, did: "signed out", target: named(ended) });
    },
    endAll: async (but, by) => {
      const ended = await accounts.endSessions(but);
      endings.tell(ended);
      const target = ended.length === 1 ? "1 session" : `${ended.length} sessions`;
      await accounts.audit({ at: clock.now(), by, did: "signed out everywhere", target });
      return ended.length;
    },
  };
};

const actorOf = (name: string, tokenId: string | null): Actor =>
  tokenId === null ? { kind: "person", id: ownerId, name } : { kind: "token", id: tokenId, name };

const isStale = (session: Session, now: number): boolean => now - session.lastSeenAt >= touchEveryMs;

const endOf = ({ createdAt }: Session, now: number): number =>
  Math.min(now + sessionTtlMs, createdAt + longestSessionMs);

const named = ({ device, place }: Whence): string => (device === "" ? "a session" : `${device} at ${place}`);
