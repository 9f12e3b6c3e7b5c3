import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Context } from "hono";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { isAnyOf } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import { createBuckets } from "./buckets.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import type { Limits } from "./limits.ts";

/** For a moment, as when many pages are opened at once. */
const burstOf = 3;

/** So many times of what one token may take all tokens of a person may take together. */
export const allTokensOf = 4;

/** What is counted as one, and how many times of the limits it may take. */
interface Share {
  who: string;
  times: number;
}

/** As whom somebody is counted: a person with all their browsers; each token, and besides all tokens of a person together. */
const sharesOf = ({ tokenId, person }: Pick<Identity, "tokenId" | "person">): readonly Share[] =>
  tokenId === null
    ? [{ who: `person ${person.id}`, times: 1 }]
    : [
        { who: `token ${tokenId}`, times: 1 },
        { who: `tokens of ${person.id}`, times: allTokensOf },
      ];

/** What stays open. */
export const streams = [
  routes.api.events,
  routes.logLive,
  routes.sockets.runs,
  routes.sockets.run,
  routes.compat.deployStatus,
  routes.compat.taskSockets,
  routes.compat.taskSocket,
];
export const isStream = isAnyOf(streams);

/** A stream is held open for HEAD as well. */
const asks = new Set(["GET", "HEAD"]);

const streamAgainMs = 5_000;

/** Who is known by their secret without a look. */
const mostKnown = 1_000;

/** What of a request says how much it takes. */
interface Asked {
  method: string;
  path: string;
  /** What it is answered on, which is closed when it is over; undefined where no server is in between. */
  stays: Pick<Duplex | ServerResponse, "once"> | undefined;
}

/** Lets nobody take more of this server than one person may: requests over a time, and streams at once. */
export interface Turnstile {
  /** Who it is whom this secret let in; forgotten now and then, and not told when it lets nobody in any more. */
  knows(secret: string): Identity | null;
  remember(secret: string, identity: Identity): void;
  /**
   * Counts a request of somebody, once however often it comes here. Why it is too much, in no more time than it takes to look that up; null: it
   * is not.
   */
  tooMuch(identity: Identity, request: IncomingMessage | undefined, asked: Asked): AppError | null;
}

export const createTurnstile = ({
  clock,
  limits,
}: Pick<WebDeps, "clock"> & { limits: Limits }): Turnstile => {
  const known = new Map<string, Identity>();
  const counted = new WeakSet<IncomingMessage>();
  const waitOf = waitsOf(clock, limits.requestsPerSecond);
  const taken = new Map<string, number>();

  const isFull = ({ who, times }: Share) => (taken.get(who) ?? 0) >= limits.streams * times;
  const leave = ({ who }: Share) => {
    const left = (taken.get(who) ?? 1) - 1;
    if (left > 0) taken.set(who, left);
    else taken.delete(who);
  };
  return {
    knows: (secret) => known.get(secret) ?? null,
    remember: (secret, identity) => {
      if (known.size >= mostKnown && !known.has(secret)) known.clear();
      known.set(secret, identity);
    },
    tooMuch: (identity, request, { method, path, stays }) => {
      if (request !== undefined) {
        if (counted.has(request)) return null;
        counted.add(request);
      }
      const shares = sharesOf(identity);
      const waitMs = waitOf(shares);
      if (waitMs > 0) return tooFast(limits.requestsPerSecond, waitMs);
      if (stays === undefined || !asks.has(method) || !isStream(path)) return null;
      const full = shares.find(isFull);
      if (full !== undefined) return tooManyOpen(limits.streams * full.times);
      for (const { who } of shares) taken.set(who, (taken.get(who) ?? 0) + 1);
      stays.once("close", () => {
        for (const share of shares) leave(share);
      });
      return null;
    },
  };
};

const tooManyOpen = (open: number) =>
  new AppError(
    "too-many",
    `${open} event streams and WebSockets are open for you already, and Milepost keeps no more for one person. Close some of them first.`,
    { retryAfterMs: streamAgainMs },
  );

const tooFast = (perSecond: number, retryAfterMs: number) =>
  new AppError(
    "too-many",
    `These are more requests than Milepost takes of one person: ${perSecond} a second. Ask again in a moment.`,
    { retryAfterMs },
  );

/** How many milliseconds somebody has to wait before they may ask again. */
const waitsOf = (clock: WebDeps["clock"], perSecond: number): ((shares: readonly Share[]) => number) => {
  if (!Number.isFinite(perSecond)) return () => 0;
  const bucketsFor = (times: number) =>
    createBuckets({ clock, perSecond: perSecond * times, holds: perSecond * times * burstOf });
  const one = bucketsFor(1);
  const many = bucketsFor(allTokensOf);
  return (shares) => {
    let waitMs = 0;
    for (const { who, times } of shares) waitMs ||= (times === 1 ? one : many).take(who);
    return waitMs;
  };
};
/** What an answer that takes its time is written to; undefined where no server is in between. */
export const staysOpen = (c: Context<WebEnv>) =>
  // A WebSocket has the connection for itself; the others share it with what is asked later.
  isUpgraded(c) ? c.env?.incoming?.socket : c.env?.outgoing;

/** Whether a WebSocket can be opened on it. A header alone is not enough: a proxy may have left out the one that goes with it. */
export const isUpgraded = (c: Context<WebEnv>): boolean =>
  c.req.header("Upgrade")?.toLowerCase() === "websocket" && c.env?.outgoing === undefined;
