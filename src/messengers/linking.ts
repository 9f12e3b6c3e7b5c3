import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Random } from "#core/id.ts";

/** Somebody in a messenger, as it knows them whatever they call themselves. */
export interface Account {
  /** The messenger's own name of them: it never changes. */
  id: string;
  /** What they call themselves there. */
  name: string;
  /** Where they are written to. */
  chat: string;
}

/** A code that was given to a person, until their account is linked. Times are milliseconds since 1970. */
export interface Pending {
  kind: string;
  connectionId: string;
  code: string;
  expiresAt: number;
  /** Who wrote the code; null: nobody yet. */
  account: Account | null;
}

/**
 * Links a person here with an account in a messenger: a code is shown to the one and written by the other, and then the first says that the
 * account is theirs. A code is good once and for ten minutes; one that was lost with a restart is made anew.
 */
export interface Linking {
  /** The code before it is no longer good. */
  begin(personId: string, kind: string, connectionId: string): Pending;
  of(personId: string): Pending | null;
  /** Null: there is no code in the text. */
  claim(kind: string, connectionId: string, account: Account, text: string): Claimed | null;
  /** What a person said to be theirs. Throws AppError("conflict") where it is another account than they saw. */
  confirm(personId: string, accountId: string): Pending & { account: Account };
  leave(personId: string): void;
}

export type Claimed = "claimed" | "unknown" | "too-many";

const codeTtlMs = 10 * 60_000;
/** Nobody mistypes so often; whoever tries codes does. */
const mostTries = 5;
/** No two of them look alike. */
const letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const codeLength = 8;
const half = `([${letters}]{4})`;
/** Alone it may be written as people and their keyboards write it; at the end of a sentence as it is shown, or words would be codes. */
const shapes = [
  new RegExp(`^(?:/(?:START|LINK)(?:@\\S+)?\\s+)?${half}[-‐‑–—−\\s]{0,3}${half}\\W*$`),
  new RegExp(`(?:^|[\\s/])${half}-${half}\\W*$`),
];

export const createLinking = ({ clock, random }: { clock: Pick<Clock, "now">; random: Random }): Linking => {
  const pending = new Map<string, Pending>();
  const tries = new Map<string, { count: number; until: number }>();
  const forget = () => {
    const now = clock.now();
    for (const [person, { expiresAt }] of pending) if (expiresAt <= now) pending.delete(person);
    for (const [account, { until }] of tries) if (until <= now) tries.delete(account);
  };
  const of = (personId: string): Pending | null => {
    forget();
    return pending.get(personId) ?? null;
  };
  return {
    of,
    begin: (personId, kind, connectionId) => {
      const code = codeOf(random);
      const begun = { kind, connectionId, code, expiresAt: clock.now() + codeTtlMs, account: null };
      pending.set(personId, begun);
      return begun;
    },
    claim: (kind, connectionId, account, text) => {
      const typed = text.trim().toUpperCase();
      const [, one, other] = shapes.map((shape) => shape.exec(typed)).find((found) => found !== null) ?? [];
      if (one === undefined) return null;
      forget();
      const who = `${kind} ${account.id}`;
      const tried = tries.get(who) ?? { count: 0, until: clock.now() + codeTtlMs };
      if (tried.count >= mostTries) return "too-many";
      const [personId, found] =
        [...pending].find(([, it]) => it.code === `${one}-${other}` && it.kind === kind) ?? [];
      const isFree = found?.account === null && found.connectionId === connectionId;
      if (personId === undefined || found === undefined || !isFree) {
        tries.set(who, { ...tried, count: tried.count + 1 });
        return "unknown";
      }
      pending.set(personId, { ...found, account });
      return "claimed";
    },
    confirm: (personId, accountId) => {
      const found = of(personId);
      if (found?.account?.id !== accountId)
        throw new AppError(
          "conflict",
          "That account waits for nobody any more. Begin again with a new code.",
        );
      pending.delete(personId);
      return { ...found, account: found.account };
    },
    leave: (personId) => void pending.delete(personId),
  };
};

/** Each letter is as likely as any other: what would favour the first ones is thrown away. */
const codeOf = (random: Random): string => {
  const even = 256 - (256 % letters.length);
  let code = "";
  while (code.length < codeLength)
    for (const byte of random(codeLength))
      if (byte < even && code.length < codeLength) code += letters[byte % letters.length];
  return `${code.slice(0, codeLength / 2)}-${code.slice(codeLength / 2)}`;
};
