import type { Accounts, Known, NewSession, Session } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import { ownerId } from "#core/people.ts";
import { plural } from "#core/plural.ts";
import type { Whence } from "./device.ts";
import type { Endings } from "./endings.ts";
import { personOf } from "./person-of.ts";
import { hashOf, newSecret, rememberedHashes } from "./secret.ts";

/** A sign-in link works this long, and once. */
export const linkTtlMs = 15 * 60_000;
/** A session ends when it was not used for this long. */
export const sessionTtlMs = 30 * 24 * 3_600_000;
/** A session ends this long after it began, however much it is used. */
export const longestSessionMs = 90 * 24 * 3_600_000;
/** The last use of a session is written at most this often. */
const touchEveryMs = 60_000;

/** Whose session it is to be. */
export interface Entering {
  personId: string;
  /** Shown as "by": the name of the person, or of the token that opens it. */
  name: string;
  tokenId: string | null;
  /** The passkey that opens it. */
  passkeyId?: string;
  /** What a provider gave it, sealed. */
  idToken?: string;
}

export interface SignInDeps {
  accounts: Accounts;
  endings: Pick<Endings, "tell">;
  clock: Pick<Clock, "now">;
  random: Random;
}

/** One-time links and the sessions that they open. Secrets go out once and are kept as hashes. */
export interface SignIn {
  /** The secret of a new sign-in link, of the owner unless somebody else is named. */
  newLink(ttlMs?: number, personId?: string): Promise<string>;
  /** The secret of a new session for a link's secret; null when the link was used, is too old, or never was. */
  useLink(secret: string, whence: Whence): Promise<string | null>;
  /** A session for a token, so that a browser may use it too; it ends with the token. */
  openSession(who: Entering, whence: Whence): Promise<string>;
  identify(sessionSecret: string): Promise<Known | null>;
  /** The same by the hash of the secret, which opens nothing by itself. */
  identifyByHash(sessionHash: string): Promise<Known | null>;
  /** Those that let somebody in, of everybody where that is null, the one that was used last first. */
  sessions(personId: string | null): Promise<Session[]>;
  /**
   * Ends one of theirs, anybody's where that is null, and says what it was. What was held open for it is closed by then. Throws
   * AppError("not-found").
   */
  end(sessionId: string, by: Actor, personId: string | null): Promise<NewSession>;
  /** Ends all of theirs, everybody's where that is null, but this one, and the links that nobody used yet; how many sessions they were. */
  endAll(but: string | null, by: Actor, personId: string | null): Promise<number>;
}

export const createSignIn = ({ accounts, endings, clock, random }: SignInDeps): SignIn => {
  const hashOfSession = rememberedHashes();
  const openSession: SignIn["openSession"] = async (who, { device, place }) => {
    const { personId, name, tokenId } = who;
    const secret = newSecret(random);
    const now = clock.now();
    const session = {
      id: newId(now, random),
      personId,
      userName: name,
      tokenId,
      passkeyId: who.passkeyId ?? null,
      idToken: who.idToken ?? null,
      device,
      place,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + sessionTtlMs,
    };
    await accounts.addSession(session, hashOf(secret));
    const by = actorOf(name, tokenId, personId);
    await accounts.audit({ at: now, by, did: "signed in", target: named(session) });
    return secret;
  };
  const identifyByHash: SignIn["identifyByHash"] = async (sessionHash) => {
    const now = clock.now();
    const session = await accounts.session(sessionHash, now);
    if (session === null) return null;
    if (isStale(session, now)) await accounts.touchSession(session.id, now, endOf(session, now));
    return {
      kind: "session",
      name: session.userName,
      by: actorOf(session.userName, session.tokenId, session.personId),
      sessionId: session.id,
      tokenId: session.tokenId,
      scope: session.scope,
      endsAt: session.expiresAt,
      person: personOf(session),
    };
  };
  return {
    openSession,
    newLink: async (ttlMs = linkTtlMs, personId = ownerId) => {
      const secret = newSecret(random);
      await accounts.addSignInLink(hashOf(secret), personId, clock.now() + ttlMs);
      return secret;
    },
    useLink: async (secret, whence) => {
      const person = await accounts.useSignInLink(hashOf(secret), clock.now());
      if (person === null) return null;
      return openSession({ personId: person.id, name: person.name, tokenId: null }, whence);
    },
    identify: (sessionSecret) => identifyByHash(hashOfSession(sessionSecret)),
    identifyByHash,
    sessions: async (personId) => (await accounts.sessions(clock.now())).filter((one) => isOf(one, personId)),
    end: async (sessionId, by, personId) => {
      const there = (await accounts.sessions(clock.now())).some(
        (one) => one.id === sessionId && isOf(one, personId),
      );
      const ended = there ? await accounts.endSession(sessionId) : null;
      if (ended === null)
        throw new AppError("not-found", "There is no such session; it may have ended already.");
      endings.tell([sessionId]);
      await accounts.audit({ at: clock.now(), by, did: "signed out", target: named(ended) });
      return ended;
    },
    endAll: async (but, by, personId) => {
      const ended = await accounts.endSessions(but, personId);
      endings.tell(ended);
      const target = plural(ended.length, "session");
      await accounts.audit({ at: clock.now(), by, did: "signed out everywhere", target });
      return ended.length;
    },
  };
};

const isOf = ({ personId }: Session, whose: string | null): boolean => whose === null || personId === whose;

/** What a browser does that a token signed in is done by that token. */
const actorOf = (name: string, tokenId: string | null, personId: string): Actor =>
  tokenId === null
    ? { kind: "person", id: personId, name, personId }
    : { kind: "token", id: tokenId, name, personId };

const isStale = (session: Session, now: number): boolean => now - session.lastSeenAt >= touchEveryMs;

const endOf = ({ createdAt }: Session, now: number): number =>
  Math.min(now + sessionTtlMs, createdAt + longestSessionMs);

const named = ({ device, place }: Whence): string => (device === "" ? "a session" : `${device} at ${place}`);
