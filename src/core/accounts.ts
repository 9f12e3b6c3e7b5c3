import type { AccessBook } from "./access.ts";
import type { Actor } from "./actor.ts";
import type { PasskeyTable } from "./passkey.ts";
import type { Person, PersonRef, ProviderAccount, Role } from "./people.ts";
import type { Scope } from "./rights.ts";

/** Who may do something here, and what is said of workflows and connections. */
export interface Identity extends Known {
  access: AccessBook;
}

/** Whom a secret stands for: a person's session or a program's token. */
export interface Known {
  kind: "session" | "token";
  /** The name of the person or of the token. */
  name: string;
  /** Who it is that does what is done. What a browser does that a token signed in is done by that token. */
  by: Actor;
  /** The session's own id, for what is kept per browser. */
  sessionId: string | null;
  /** The token that it signed in with; null for a sign-in link. */
  tokenId: string | null;
  scope: Scope;
  /** From then on it lets nobody in; null: it has no end of its own. */
  endsAt: number | null;
  /** Whose session or token it is. */
  person: PersonRef;
}

/** What a session is when it is begun; what it may do follows from its token. */
export interface NewSession extends Omit<Session, "scope" | "role" | "personName" | "isNamedHere"> {
  /** What a provider gave it, sealed, to end it there too; null: no provider signed in. */
  idToken: string | null;
}

/** How the id of a preset token begins. */
export const presetPrefix = "preset-";

export interface Session {
  id: string;
  personId: string;
  /** Of its person. */
  personName: string;
  /** Somebody here gave them that name, or they had it from the beginning; otherwise a provider did. */
  isNamedHere: boolean;
  role: Role;
  userName: string;
  /** The token that opened it and with which it ends; null: a sign-in link. */
  tokenId: string | null;
  /** The passkey that opened it and with which it ends; null: something else did. */
  passkeyId: string | null;
  /** What signed in, as it said itself: "Firefox on Linux"; empty: from before that was kept. */
  device: string;
  /** The address that it came from; empty as above. */
  place: string;
  /** That of its token; everything for a sign-in link. */
  scope: Scope;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

export interface ApiToken {
  id: string;
  /** Whose it is: it may do no more than they may, and goes with them. */
  personId: string;
  /** Of that person. */
  personName: string;
  /** As of a session. */
  isNamedHere: boolean;
  role: Role;
  name: string;
  scope: Scope;
  /** From then on it lets nobody in; null: never. */
  expiresAt: number | null;
  /** The name of who made it; empty: from before that was kept. */
  madeBy: string;
  /** The token that made it, by itself or by a browser that it signed in, and with which it goes; null: none. */
  madeByToken: string | null;
  createdAt: number;
  lastUsedAt: number | null;
}

export type NewToken = Omit<ApiToken, "role" | "personName" | "isNamedHere">;

/** One thing that somebody did. */
export interface Deed {
  at: number;
  by: Actor;
  did: string;
  target: string;
}

/** A deed as it stands in the audit. */
export interface AuditEntry extends Deed {
  /** Counts up. */
  seq: number;
  /** Over this entry and the hash of the one before: 64 hexadecimal digits. */
  hash: string;
}

/** What sign-in keeps of people. */
export interface PeopleTable {
  /** Throws AppError("bad-input", …, { field: "name" }) when somebody has, or had, this name, and for "email" when somebody has this one. */
  addPerson(person: Person, namedBy?: "provider"): Promise<void>;
  /** In the order in which they came, those who were removed left out. */
  people(): Promise<Person[]>;
  /** Throws as above; null when there is no such person. What they may do is another thing from then on; another name is one that was given here. */
  changePerson(
    id: string,
    change: Partial<Pick<Person, "name" | "email" | "role" | "roleBefore">>,
  ): Promise<Person | null>;
  /** Ends their sessions, tokens, passkeys and links, and keeps their name. The ids of the sessions and tokens that ended; null when there is no such person. */
  removePerson(id: string, at: number): Promise<string[] | null>;
  /** Whether a provider knows them already. Another address of theirs ends that. */
  hasProviderAccount(personId: string): Promise<boolean>;
  /** Also of somebody who was removed since. */
  providerAccount(issuer: string, subject: string): Promise<ProviderAccount | null>;
  /** Also where it was another person's. They have joined with that. */
  putProviderAccount(account: ProviderAccount, now: number): Promise<void>;
}

/** What sign-in keeps. Secrets arrive and are kept as sha256 only. */
export interface Accounts extends PeopleTable, PasskeyTable {
  addSignInLink(secretHash: string, personId: string, expiresAt: number): Promise<void>;
  /** The person that it is for, exactly once per link and only before it expires; null otherwise. They have joined with that. */
  useSignInLink(secretHash: string, now: number): Promise<Person | null>;
  addSession(session: NewSession, secretHash: string): Promise<void>;
  session(secretHash: string, now: number): Promise<Session | null>;
  /** The session was used: it lives on until `expiresAt`. */
  touchSession(id: string, lastSeenAt: number, expiresAt: number): Promise<void>;
  /** Those that let somebody in, the one that was used last first. */
  sessions(now: number): Promise<Session[]>;
  /** The session that it was; null when there was none. */
  endSession(id: string): Promise<NewSession | null>;
  /**
   * Ends all sessions of a person, of everybody when that is null, but this one, and takes back their sign-in links that nobody used yet.
   * The ids of those that ended.
   */
  endSessions(but: string | null, personId: string | null): Promise<string[]>;
  addToken(token: NewToken, secretHash: string): Promise<void>;
  token(secretHash: string, now: number): Promise<ApiToken | null>;
  tokens(): Promise<ApiToken[]>;
  /** Another secret in place of the one that it has. `other`: it has another one; `gone`: there is no such token. */
  renewToken(
    id: string,
    secretHash: string,
    becomes: { secretHash: string; expiresAt: number },
  ): Promise<"renewed" | "other" | "gone">;
  /** Removes the token with all that were made with it, and ends the sessions that were opened with them. The ids of those tokens. */
  removeToken(id: string): Promise<string[]>;
  /** Ends the sessions opened with preset tokens, which are not in the table, but for those of this one. */
  endPresetSessions(but: string | null): Promise<void>;
  /** Adds to the audit, of which nothing is ever changed or removed. */
  audit(deed: Deed): Promise<void>;
  /** The newest first. */
  audits(limit: number): Promise<AuditEntry[]>;
  /** Those behind this one, the oldest first. */
  auditsAfter(seq: number, limit: number): Promise<AuditEntry[]>;
  /** True the first time that this is handed over, false ever after. */
  handOver(what: HandOver, now: number): Promise<boolean>;
  wasHandedOver(what: HandOver): Promise<boolean>;
}

/** A file that a run hands to whom looks at it: again for each run that comes to the same file. */
export interface HandOver {
  sessionId: string;
  runId: string;
  exportId: string;
}
