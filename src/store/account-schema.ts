import type { Access, AccessKind } from "#core/access.ts";
import type { ActorKind } from "#core/actor.ts";
import type { Chat } from "#core/chat.ts";
import type { ConnectionReport, ConnectionValues } from "#core/connection.ts";
import type { KeptWhat } from "#core/kept.ts";
import type { Passkey } from "#core/passkey.ts";
import { ownerId, type ProviderAccount, type Role } from "#core/people.ts";
import { everything, type Scope } from "#core/rights.ts";
import type { Columns } from "./dialect.ts";

/** The tables of connections and of those who come in: sign-in links, sessions, tokens, the audit, and what was handed to whom. */
export const accountSchema = ({
  table,
  text,
  integer,
  counter,
  instant,
  boolean,
  json,
  index,
  uniqueIndex,
  primaryKey,
}: Columns) => ({
  connections: table(
    "connections",
    {
      id: text().primaryKey(),
      kind: text().notNull(),
      name: text().notNull(),
      values: json<ConnectionValues>().notNull(),
      sealed: text().notNull(),
      builtIn: boolean().notNull(),
      createdAt: instant().notNull(),
      lastTest: json<(ConnectionReport & { at: number }) | null>(),
    },
    (row) => [
      index("connections_age").on(row.createdAt, row.id),
      index("connections_kind").on(row.kind, row.createdAt, row.id),
    ],
  ),
  people: table(
    "people",
    {
      id: text().primaryKey(),
      name: text().notNull(),
      /** By which no two are the same. */
      nameKey: text().notNull(),
      /** Not by a provider of single sign-on. */
      isNamedHere: boolean().notNull().default(true),
      email: text(),
      role: text<Role>().notNull(),
      roleBefore: text<Role>(),
      createdAt: instant().notNull(),
      joinedAt: instant(),
      /** Their rows stay, so that nobody else is ever taken for them. */
      removedAt: instant(),
    },
    (person) => [
      uniqueIndex("people_name").on(person.nameKey),
      uniqueIndex("people_email").on(person.email),
      index("people_age").on(person.createdAt, person.id),
    ],
  ),
  signInLinks: table(
    "sign_in_links",
    {
      secretHash: text().primaryKey(),
      personId: text().notNull().default(ownerId),
      expiresAt: instant().notNull(),
    },
    (link) => [
      index("sign_in_links_expiry").on(link.expiresAt),
      index("sign_in_links_person").on(link.personId),
    ],
  ),
  sessions: table(
    "sessions",
    {
      id: text().primaryKey(),
      secretHash: text().notNull(),
      personId: text().notNull().default(ownerId),
      userName: text().notNull(),
      tokenId: text(),
      passkeyId: text(),
      idToken: text(),
      device: text().notNull().default(""),
      place: text().notNull().default(""),
      createdAt: instant().notNull(),
      lastSeenAt: instant().notNull(),
      expiresAt: instant().notNull(),
    },
    (session) => [
      uniqueIndex("sessions_secret").on(session.secretHash),
      index("sessions_expiry").on(session.expiresAt),
      index("sessions_token").on(session.tokenId),
      index("sessions_passkey").on(session.passkeyId),
      index("sessions_person").on(session.personId),
    ],
  ),
  apiTokens: table(
    "api_tokens",
    {
      id: text().primaryKey(),
      secretHash: text().notNull(),
      personId: text().notNull().default(ownerId),
      name: text().notNull(),
      scope: json<Scope>().notNull().default(everything),
      expiresAt: instant(),
      madeBy: text().notNull().default(""),
      madeByToken: text(),
      createdAt: instant().notNull(),
      lastUsedAt: instant(),
    },
    (token) => [
      uniqueIndex("api_tokens_secret").on(token.secretHash),
      index("api_tokens_age").on(token.createdAt),
      index("api_tokens_maker").on(token.madeByToken),
      index("api_tokens_person").on(token.personId),
    ],
  ),
  providerAccounts: table(
    "provider_accounts",
    {
      issuer: text().notNull(),
      subject: text().notNull(),
      personId: text().notNull(),
      cameBy: text<ProviderAccount["cameBy"]>().notNull(),
    },
    (account) => [
      primaryKey({ columns: [account.issuer, account.subject] }),
      index("provider_accounts_person").on(account.personId),
    ],
  ),
  passkeys: table(
    "passkeys",
    {
      id: text().primaryKey(),
      personId: text().notNull(),
      name: text().notNull(),
      host: text().notNull(),
      handle: text().notNull(),
      publicKey: text().notNull(),
      counter: integer().notNull(),
      transports: json<Passkey["transports"]>().notNull(),
      createdAt: instant().notNull(),
      lastUsedAt: instant(),
    },
    (passkey) => [
      index("passkeys_person").on(passkey.personId, passkey.createdAt),
      index("passkeys_host").on(passkey.host),
      index("passkeys_age").on(passkey.createdAt),
    ],
  ),
  /** What is good once, by its hash, until it is good no more. */
  spent: table("spent", { hash: text().primaryKey(), expiresAt: instant().notNull() }, (row) => [
    index("spent_expiry").on(row.expiresAt),
  ]),
  /** Triggers, which a migration made, refuse whatever is not added behind the last. */
  audit: table("audit", {
    id: counter().primaryKey(),
    at: instant().notNull(),
    by: text().notNull(),
    byKind: text<ActorKind>().notNull().default("unknown"),
    byId: text(),
    did: text().notNull(),
    target: text().notNull(),
    hash: text().notNull().default(""),
  }),
  /** Who may do what with which workflow and connection: few, so that they are read whole. */
  access: table(
    "access",
    { kind: text<AccessKind>().notNull(), id: text().notNull(), access: json<Access>().notNull() },
    (row) => [primaryKey({ columns: [row.kind, row.id] })],
  ),
  /** Links to single runs. */
  shares: table(
    "shares",
    {
      id: text().primaryKey(),
      secretHash: text().notNull(),
      runId: text().notNull(),
      madeBy: text().notNull(),
      personId: text().notNull(),
      createdAt: instant().notNull(),
      expiresAt: instant().notNull(),
      openedAt: instant(),
      files: boolean().notNull(),
    },
    (share) => [
      uniqueIndex("shares_secret").on(share.secretHash),
      index("shares_run").on(share.runId, share.createdAt, share.id),
      index("shares_age").on(share.createdAt, share.id),
      index("shares_expiry").on(share.expiresAt),
      index("shares_person").on(share.personId),
    ],
  ),
  /** What people keep under a name. */
  /** What people say, and what was answered. */
  chats: table("chats", {
    id: text().primaryKey(),
    remembered: json<Chat["remembered"]>().notNull(),
    lines: json<Chat["lines"]>().notNull(),
    changedAt: instant().notNull(),
  }),
  kept: table(
    "kept",
    {
      id: text().primaryKey(),
      kind: text<KeptWhat["kind"]>().notNull(),
      of: text().notNull(),
      name: text().notNull(),
      what: json<KeptWhat>().notNull(),
      keptAt: instant().notNull(),
      keptBy: text().notNull(),
    },
    (row) => [
      uniqueIndex("kept_same").on(row.kind, row.of, row.name),
      index("kept_names").on(row.name, row.id),
    ],
  ),
  handOvers: table(
    "hand_overs",
    {
      sessionId: text().notNull(),
      // Empty of those from before runs were told apart.
      runId: text().notNull().default(""),
      exportId: text().notNull(),
      at: instant().notNull(),
    },
    (row) => [
      primaryKey({ columns: [row.sessionId, row.runId, row.exportId] }),
      index("hand_overs_run").on(row.runId),
    ],
  ),
});
