import { AppError } from "#core/errors.ts";
import type { RetryPolicy } from "#core/retry.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look } from "#core/workflow.ts";
import type { StackDeps } from "./deps.ts";

/**
 * How a step goes on while Dokploy does not answer, as it does when it updates itself: it is tried again until it does, for at most
 * `outageMs`. A short silence of the other side is no answer, so nothing is concluded from it, and least of all is anything removed.
 */
export const throughOutages = ({ lookEveryMs, outageMs }: Pick<StackDeps, "lookEveryMs" | "outageMs">) =>
  ({
    retry: {
      firstMs: lookEveryMs,
      factor: 1.5,
      maxMs: 15_000,
      forMs: outageMs,
    } satisfies Partial<RetryPolicy>,
  }) as const;

/**
 * The same for a first look, before which nothing is known of the server: an address that is wrong from the start is told as that after a few
 * minutes, in which a proxy or an update of Dokploy may well have been in between.
 */
export const throughShortOutages = ({ outageMs, ...deps }: Pick<StackDeps, "lookEveryMs" | "outageMs">) =>
  throughOutages({ ...deps, outageMs: Math.min(outageMs, 5 * 60_000) });

/** What is remembered between looks, and since when Dokploy does not answer: by the clock, and in time that was looked on. */
interface Kept {
  memo?: unknown;
  away: { at: number; waitedMs: number } | null;
  /** Which start of Milepost looked. */
  startedAt?: number;
}

/**
 * The same for a look of a wait step; one that nobody answered leaves what it remembers as it was. `wasAway`: Dokploy did not answer at
 * the look before, or Milepost itself was away since then, as when the machine of both was, so it may have been started anew.
 */
export const lookThroughOutages =
  <C extends Pick<WaitContext<unknown, unknown>, "memo" | "waitedMs" | "now" | "log" | "progress">, T>(
    { outageMs, startedAt }: Pick<StackDeps, "outageMs" | "startedAt">,
    look: (ctx: C, wasAway: boolean) => Promise<Look<T>>,
  ) =>
  async (ctx: C): Promise<Look<T>> => {
    const { memo, away, startedAt: lookedBefore = startedAt } = keptIn(ctx.memo);
    const kept = (memo: unknown, away: Kept["away"]): Kept => ({
      ...(memo === undefined ? {} : { memo }),
      away,
      startedAt,
    });
    try {
      const found = await look({ ...ctx, memo }, away !== null || lookedBefore !== startedAt);
      if (away !== null) ctx.log("Dokploy answers again.");
      return "done" in found ? found : { ...found, memo: kept(found.memo, null) };
    } catch (thrown) {
      if (!isSilence(thrown)) throw thrown;
      const since = away ?? { at: ctx.now(), waitedMs: ctx.waitedMs };
      if (ctx.waitedMs - since.waitedMs >= outageMs) throw stillAway(thrown, since.at);
      const waiting = `Dokploy does not answer since ${clockOf(since.at)}; asking until it does.`;
      if (away === null) ctx.log(`${waiting} ${thrown.message}`, "warn");
      return {
        waiting,
        memo: kept(memo, since),
        ...(ctx.progress === null ? {} : { progress: { done: 0, total: null, what: waiting } }),
        ...(thrown.retryAfterMs === undefined ? {} : { nextInMs: thrown.retryAfterMs }),
      };
    }
  };

/** Runs that were looking on when Milepost was replaced by this version have their memo alone. */
const keptIn = (memo: unknown): Kept =>
  typeof memo === "object" && memo !== null && "away" in memo ? (memo as Kept) : { memo, away: null };

const isSilence = (thrown: unknown): thrown is AppError => thrown instanceof AppError && thrown.canPass;

const stillAway = (error: AppError, since: number): AppError =>
  new AppError(error.code, `${error.message} It has been so since ${clockOf(since)}.`, {
    cause: error,
    canPass: false,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });

const clockOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`;
