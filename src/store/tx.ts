import type { Run } from "#core/run.ts";
import { mayWake } from "#core/states.ts";

/** A query as both databases' builders and prepared statements offer it. */
interface Rows<T> {
  all(params?: Record<string, unknown>): T[];
}
interface Command {
  run(params?: Record<string, unknown>): unknown;
}

export type Query =
  | { kind: "rows"; query: Rows<unknown>; params: Record<string, unknown> | undefined }
  | { kind: "all"; of: readonly Extract<Query, { kind: "rows" }>[] }
  | {
      kind: "command";
      query: Command;
      params: Record<string, unknown> | undefined;
      /** Nobody asks what it came to, so what follows need not wait for it. */
      isBlind: boolean;
    }
  | { kind: "wake"; wake: Wake };

/** A run that nobody holds is to be worked on at a time: committed with what makes it so, for those who keep a queue of such runs. */
export interface Wake {
  runId: string;
  at: number;
  /** It has just come to be, so that it cannot be in the queue yet. */
  isNew: boolean;
}

/**
 * What a transaction does: it yields queries and gets their rows. SQLite drives it in one go, PostgreSQL will await each query;
 * either way nobody can wait for the outside world in the middle of a transaction.
 */
export type Tx<T> = Generator<Query, T, unknown>;

export function* rows<T>(query: Rows<T>, params?: Record<string, unknown>): Tx<T[]> {
  return (yield { kind: "rows", query, params }) as T[];
}

/** The rows of two queries with the same parameters, of which neither waits for the other. */
export function* both<A, B>(one: Rows<A>, other: Rows<B>, params?: Record<string, unknown>): Tx<[A[], B[]]> {
  const of = [one, other].map((query) => ({ kind: "rows", query, params }) as const);
  return (yield { kind: "all", of }) as [A[], B[]];
}

/** The rows of several queries, of which none waits for another: over a network they take as long as one. */
export function* all<T>(asked: readonly { query: Rows<T>; params?: Record<string, unknown> }[]): Tx<T[][]> {
  const of = asked.map(({ query, params }) => ({ kind: "rows", query, params }) as const);
  return (yield { kind: "all", of }) as T[][];
}

export function* one<T>(query: Rows<T>, params?: Record<string, unknown>): Tx<T | null> {
  return (yield* rows(query, params))[0] ?? null;
}

export function* exec(query: Command, params?: Record<string, unknown>): Tx<void> {
  yield { kind: "command", query, params, isBlind: true };
}

/** How many rows the command changed. */
export function* changed(query: Command, params?: Record<string, unknown>): Tx<number> {
  return (yield { kind: "command", query, params, isBlind: false }) as number;
}

/** Says that a run is to be worked on, where that is so. */
export function* wake(
  { id, claimedBy, wakeAt, state }: Pick<Run, "id" | "claimedBy" | "wakeAt" | "state">,
  isNew = false,
): Tx<void> {
  if (claimedBy === null && wakeAt !== null && mayWake(state))
    yield { kind: "wake", wake: { runId: id, at: wakeAt, isNew } };
}

/** Runs a transaction of its own and gives its result; anything thrown rolls it back. */
export type RunTx = <T>(work: () => Tx<T>, how?: Written) => Promise<T>;

export interface Written {
  /**
   * The work changes one row on the condition that it is as it was, and after that only what belongs to this row: whatever others write
   * meanwhile, its outcome is right, so that it need not be kept apart from theirs.
   */
  isGuarded?: boolean;
}

export interface Transactions {
  /** For work that only reads: one consistent view, and no lock that a backup or another program would have to wait for. */
  read: RunTx;
  /** For all other work: nobody else writes between its first read and its commit. */
  write: RunTx;
}

/**
 * Statements, each prepared when it is first used and then kept: to write all of them down takes longer than anything else that opening a
 * store does, and a process needs few of them at first.
 */
export const preparedWhenUsed = <T extends Record<string, () => unknown>>(
  make: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } => {
  const prepared = {};
  for (const [name, prepare] of Object.entries(make))
    Object.defineProperty(prepared, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = prepare();
        Object.defineProperty(prepared, name, { value, enumerable: true });
        return value;
      },
    });
  return prepared as { readonly [K in keyof T]: ReturnType<T[K]> };
};
